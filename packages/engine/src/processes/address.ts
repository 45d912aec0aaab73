import { createServer } from "node:net";

/**
 * An address of this machine with a port that nobody uses.
 *
 * @param host of an interface: "10.0.0.1", or "::ffff:10.0.0.1" as a socket calls it.
 * @returns "10.0.0.1:40001"
 */
export function freeAddress(host: string): Promise<string> {
  const plain = plainHost(host);
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: plain, port: 0 }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(`${plain.includes(":") ? `[${plain}]` : plain}:${port}`));
    });
  });
}

/** An address in two parts: "10.0.0.1:40001", "[::1]:40001". */
export function placeOf(address: string): { readonly host: string; readonly port: number } {
  const [, host = "", port = ""] = /^\[?(.+?)\]?:(\d+)$/.exec(address) ?? [];
  return { host, port: Number(port) };
}

/** Whether only programs of the same machine reach a host, or an address with its port, by this name. */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost(?::|$)|127\.|\[?::1(?:\]|$))/.test(plainHost(host));

const plainHost = (host: string): string => host.replace(/^::ffff:/, "");
