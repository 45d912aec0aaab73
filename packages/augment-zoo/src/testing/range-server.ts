import { readFileSync, statSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

/** A server on this machine that gives ranges of files, and misbehaves when told. */
export interface RangeServer {
  /** "http://127.0.0.1:40123" */
  readonly address: string;
  /** How the next answers fail, one after another; then all go well. */
  readonly faults: Fault[];
  /** Every how many answers with a range one is broken. Tests may set it. */
  breakEvery: number;
  /** Ranges that were asked for: "/a.tar 0-511". */
  readonly asked: string[];
  /** The Authorization header of each request. */
  readonly authorizations: (string | undefined)[];
  /** Where paths lead to: "/a.tar" to an address. */
  readonly redirects: Map<string, string>;
  /** The Authorization header and the query without which the answer is 401. */
  wanted: { readonly authorization?: string; readonly query?: string };
  close(): Promise<void>;
}

/**
 * - busy: 503
 * - broken: the connection ends in the middle of the answer
 * - truncated: the answer is whole as HTTP tells it, but holds half of the range
 * - whole: 200 with the whole file, as of a server without ranges
 */
export type Fault = "busy" | "broken" | "truncated" | "whole";

/** Serves what `read` gives for a path of the address, such as "/a.tar". */
export async function serveRanges(read: (url: string) => Uint8Array | undefined): Promise<RangeServer> {
  const faults: Fault[] = [];
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const redirects = new Map<string, string>();
  let ranges = 0;
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    const [pathname, query] = request.url!.split("?") as [string, string?];
    authorizations.push(authorization);
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    asked.push(first === undefined ? request.url! : `${request.url!} ${first}-${last!}`);
    const refused =
      (served.wanted.authorization ?? authorization) !== authorization ||
      (served.wanted.query ?? query) !== query;
    if (refused) return void response.writeHead(401).end();
    const location = redirects.get(pathname);
    if (location !== undefined) return void response.writeHead(302, { location }).end();
    const file = read(pathname);
    if (file === undefined) return void response.writeHead(404).end();
    const fault = faults.shift();
    if (fault === "busy") return void response.writeHead(503).end();
    if (first === undefined || fault === "whole") return void response.writeHead(200).end(file);
    const isBroken = ++ranges % served.breakEvery === 0;
    answerRange(response, file, Number(first), Number(last), isBroken ? "broken" : fault);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const served: RangeServer = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    breakEvery: Infinity,
    asked,
    authorizations,
    redirects,
    wanted: {},
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return served;
}

export const serveFolder = (folder: string): Promise<RangeServer> =>
  serveRanges((url) => {
    const file = path.join(folder, url);
    return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file) : undefined;
  });

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
