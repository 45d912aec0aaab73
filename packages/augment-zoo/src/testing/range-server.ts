import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on this machine that gives ranges of files from memory, and misbehaves when told. */
export interface RangeServer {
  readonly address: string;
  /** What it serves, by path. Tests may change it. */
  readonly files: Map<string, Uint8Array>;
  /** How the next answers fail, one after another; then all go well. */
  readonly faults: Fault[];
  /** Ranges that were asked for: "/a.tar 0-511". */
  readonly asked: string[];
  close(): Promise<void>;
}

/**
 * - busy: 503
 * - broken: the connection ends in the middle of the answer
 * - truncated: the answer is whole as HTTP tells it, but holds half of the range
 * - whole: 200 with the whole file, as of a server without ranges
 */
export type Fault = "busy" | "broken" | "truncated" | "whole";

export async function serveRanges(files: Readonly<Record<string, Uint8Array>>): Promise<RangeServer> {
  const served = new Map(Object.entries(files));
  const faults: Fault[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const file = served.get(request.url!);
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    asked.push(first === undefined ? request.url! : `${request.url!} ${first}-${last!}`);
    if (file === undefined) return void response.writeHead(404).end();
    const fault = faults.shift();
    if (fault === "busy") return void response.writeHead(503).end();
    if (first === undefined || fault === "whole") return void response.writeHead(200).end(file);
    answerRange(response, file, Number(first), Number(last), fault);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files: served,
    faults,
    asked,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function answerRange(
  response: ServerResponse,
  file: Uint8Array,
  first: number,
  last: number,
  fault: Fault | undefined,
): void {
  if (first >= file.length) return void response.writeHead(416).end();
  const bytes = file.subarray(first, last + 1);
  const half = bytes.subarray(0, bytes.length >> 1);
  const sent = fault === "truncated" ? half : bytes;
  response.writeHead(206, {
    "content-range": `bytes ${first}-${first + sent.length - 1}/${file.length}`,
    "content-length": sent.length,
    etag: `"${file.length}-${file[0]!}"`,
  });
  if (fault === "broken") response.write(half, () => setTimeout(() => response.destroy(), 20));
  else response.end(sent);
}
