import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

import type { Random } from "../random.ts";

/** A server on this machine that answers each request in a way that is drawn anew. */
export interface HostileServer {
  /** "http://127.0.0.1:40123" */
  readonly address: string;
  /** Ways in which requests were answered. */
  readonly answered: Set<string>;
  close(): Promise<void>;
}

/** A request for a range of a file, and what to answer it with. */
interface Answer {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly file: Uint8Array;
  readonly first: number;
  readonly last: number;
  readonly random: Random;
}

const range = ({ first, file, last }: Answer, total: number | string = file.length): string =>
  `bytes ${first}-${Math.min(last, file.length - 1)}/${total}`;

const part = ({ file, first, last }: Answer): Uint8Array => file.subarray(first, last + 1);

/** Sends something again and again, until nobody listens. */
function endlessly(response: ServerResponse, piece: Uint8Array, pause = 0): void {
  if (response.destroyed) return;
  response.write(piece, () =>
    pause === 0
      ? setImmediate(endlessly, response, piece)
      : setTimeout(endlessly, pause, response, piece, pause),
  );
}

const ZEROS = Buffer.alloc(65_536);
const REDIRECTS = [
  "/again.tar",
  "/loop.tar",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "http://user:s3cret@127.0.0.1:1/",
  "http://127.0.0.1:1/",
  "http://[",
  "//",
  "",
];
const STATUSES = [204, 304, 400, 401, 403, 404, 410, 416, 418, 429, 500, 503, 599];
const RANGES = [
  "bytes 5-4/3",
  "bytes 0-0/99999999999999999999999",
  `bytes 0-0/${2 ** 50}`,
  "bytes 0-0/-1",
  "bytes 0-0/*",
  "bytes */0",
  "none",
];

/** Ways to answer. */
const WAYS: Readonly<Record<string, (answer: Answer) => void>> = {
  well: (answer) => {
    answer.response.writeHead(206, { "content-range": range(answer), etag: '"1"' }).end(part(answer));
  },
  "the whole file": ({ response, file }) => response.writeHead(200).end(file),
  "a status": ({ response, random }) => response.writeHead(STATUSES[random.integer(STATUSES.length)]!).end(),
  "a redirect": ({ response, random }) => {
    response.writeHead(302, { location: REDIRECTS[random.integer(REDIRECTS.length)]! }).end();
  },
  "another range": ({ response, random }) => {
    response.writeHead(206, { "content-range": RANGES[random.integer(RANGES.length)]! }).end("x");
  },
  "a size that it has not": (answer) => {
    answer.response.writeHead(206, { "content-range": range(answer, 2 ** 50) }).end(part(answer));
  },
  "half of it": (answer) => {
    const whole = part(answer);
    answer.response
      .writeHead(206, { "content-range": range(answer), "content-length": whole.length })
      .write(whole.subarray(0, whole.length >> 1), () => answer.response.destroy());
  },
  "other bytes": (answer) => {
    const bytes = Buffer.from(part(answer));
    for (let i = 0; i < 4; i++) bytes[answer.random.integer(bytes.length)] = answer.random.integer(256);
    answer.response.writeHead(206, { "content-range": range(answer) }).end(bytes);
  },
  "without end": (answer) => {
    endlessly(answer.response.writeHead(206, { "content-range": range(answer) }), ZEROS);
  },
  "without end, as a text": ({ response }) =>
    endlessly(response.writeHead(200), Buffer.alloc(65_536, '"a",')),
  "in drops": (answer) => {
    endlessly(answer.response.writeHead(206, { "content-range": range(answer) }), Buffer.from("x"), 20);
  },
  "not at all": () => {},
  "with headers alone": (answer) => {
    answer.response.writeHead(206, { "content-range": range(answer) }).flushHeaders();
  },
  "by hanging up": ({ request }) => request.socket.destroy(),
  "not in HTTP": ({ request }) => request.socket.end("SSH-2.0-OpenSSH_9.9\r\n\u001b[2J"),
  "with headers without end": ({ request }) => {
    request.socket.write(`HTTP/1.1 206 Partial Content\r\n${`x: ${"y".repeat(1000)}\r\n`.repeat(1000)}`);
  },
  compressed: (answer) => {
    answer.response
      .writeHead(206, { "content-range": range(answer), "content-encoding": "gzip" })
      .end(gzipSync(Buffer.alloc(2 ** 22)));
  },
  "compressed, as it says": (answer) => {
    answer.response
      .writeHead(206, { "content-range": range(answer), "content-encoding": "br" })
      .end(part(answer));
  },
};

/**
 * Serves a file as /s.tar; under other paths only in other ways than well.
 *
 * @param well the share of requests that are answered as they should be.
 */
export async function serveHostilely(file: Uint8Array, random: Random, well: number): Promise<HostileServer> {
  const answered = new Set<string>();
  const names = Object.keys(WAYS);
  const server = createServer((request, response) => {
    response.on("error", () => {}); // who asked hung up
    const [, first = "0", last = String(file.length - 1)] =
      /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const way = random.chance(well) ? "well" : names[random.integer(names.length)]!;
    answered.add(way);
    const answer = { request, response, file, first: Number(first), last: Number(last), random };
    if (way === "well" && !request.url!.startsWith("/s.tar")) response.writeHead(404).end();
    else if (part(answer).length === 0) response.writeHead(416).end();
    else WAYS[way]!(answer);
  });
  server.on("clientError", (_, socket) => socket.destroy());
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
