import { createServer } from "node:net";

/**
 * An address of this machine with a port that nobody uses.
 *
 * @param host of an interface: "10.0.0.1", or "::ffff:10.0.0.1" as a socket calls it.
 * @returns "10.0.0.1:40001"
 */
export function freeAddress(host: string): Promise<string> {
  const plain = host.replace(/^::ffff:/, "");
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
