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

const plainHost = (host: string): string => host.replace(/^::ffff:/, "");

/** Whether only programs of the same machine reach a host, or an address with its port, by this name. */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost(?::|$)|127\.|\[?::1(?:\]|$))/.test(plainHost(host));

/**
 * The address of a process of this machine as other machines reach it, if it gave one that only this machine
 * does, as where /etc/hosts gives the machine's own name to 127.0.1.1.
 *
 * @param own another address of this machine.
 *
 * @example
 * ```ts
 * reachableLike("10.0.0.1:40001", "127.0.1.1:40002"); // => "10.0.0.1:40002"
 * reachableLike("10.0.0.1:40001", "10.0.0.2:40002"); // => "10.0.0.2:40002"
 * ```
 */
export const reachableLike = (own: string, address: string): string =>
  isLoopback(address) ? own.replace(/:\d+$/, "") + /:\d+$/.exec(address)![0] : address;
