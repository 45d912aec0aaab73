import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

/** A server on this machine that gives ranges of a folder's files. */
export interface FolderServer {
  /** "http://127.0.0.1:40123" */
  readonly address: string;
  /** Bytes of ranges that were asked for. Tests may set it. */
  sent: number;
  /** Every how many answers one breaks off in its middle. Tests may set it. */
  breakEvery: number;
  close(): Promise<void>;
}

export async function serveFolder(folder: string): Promise<FolderServer> {
  let answers = 0;
  const server = createServer((request, response) => {
    const file = path.join(folder, request.url!);
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return void response.writeHead(404).end();
    const content = readFileSync(file);
    if (first === undefined) return void response.end(content);
    const bytes = content.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + bytes.length - 1}/${content.length}`;
    response.writeHead(206, { "content-range": range, "content-length": bytes.length });
    served.sent += bytes.length;
    if (++answers % served.breakEvery !== 0) return void response.end(bytes);
    response.write(bytes.subarray(0, bytes.length >> 1), () => setTimeout(() => response.destroy(), 10));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const served: FolderServer = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: 0,
    breakEvery: Infinity,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return served;
}
