import { createServer } from "node:net";

import type { ProcessGroup } from "./process-group.ts";

/** A group of processes at free ports of this machine, as each of them sees it. */
export async function freeGroup(count: number): Promise<readonly ProcessGroup[]> {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  return addresses.map((_, rank) => ({ rank, addresses }));
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
