import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { followMetrics, messageOf } from "@tssl/core/internal";
import { metricsFileOf } from "@tssl/core/run";

import { portUnusable } from "../messages.ts";
import { EVENTS } from "../browser/page-data.ts";
import { openDigest } from "../report/metrics-digest.ts";
import { readRecordedRun, recordedRunData } from "../report/recorded-run.ts";
import type { ReportData } from "../report/report-data.ts";
import { liveUpdate, renderLivePage } from "./live-page.ts";

export interface RunServer {
  readonly url: string;
  /** Ends every connection. */
  close(): Promise<void>;
}

export interface RunServerOptions {
  /** 0…65535; 0 takes a free one. */
  readonly port: number;
  /** Milliseconds between two looks at the run folder. Default: 1000. */
  readonly everyMilliseconds?: number;
}

const LOOPBACK = "127.0.0.1";

/**
 * Serves the live page of a run on loopback alone, so nobody on the network sees it. It reads the run's files
 * and writes none: it can be started and ended at any time, also for a run that has ended.
 *
 * @throws {TsslError} RUN_FOLDER if there is no run; SERVER if the port is taken.
 */
export async function serveRun(
  folder: string,
  { port, everyMilliseconds = 1000 }: RunServerOptions,
): Promise<RunServer> {
  const tail = followMetrics(metricsFileOf(folder), openDigest);
  const digest = async () => (await tail.read()).digest();
  const look = async (): Promise<ReportData> => recordedRunData(await readRecordedRun(folder, digest));
  await look();

  const listeners = new Set<ServerResponse>();
  let last = "";
  const send = (listener: ServerResponse) => listener.write(`data: ${last}\n\n`);
  const renew = async (): Promise<void> => {
    const update = JSON.stringify(liveUpdate(await look()));
    if (update === last) return;
    last = update;
    listeners.forEach(send);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // DNS rebinding: a page of another site whose name resolves to this address must not read the run.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
      response.writeHead(403, NO_SNIFFING).end();
    } else if (request.url === "/") {
      const page = renderLivePage(await look()); // before the head, which says that it went well
      response.writeHead(200, HTML).end(page);
    } else if (request.url === EVENTS) {
      response.writeHead(200, EVENT_STREAM);
      await renew();
      send(response);
      listeners.add(response);
      response.on("close", () => listeners.delete(response));
    } else if (request.url === "/report.html") {
      const page = await readFile(path.join(folder, "report.html")).catch(() => undefined);
      if (page === undefined) response.writeHead(404, TEXT).end("There is no report yet.\n");
      else response.writeHead(200, HTML).end(page);
    } else {
      response.writeHead(404, TEXT).end("Not here.\n");
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.end();
      else response.writeHead(500, TEXT).end(`${messageOf(error)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(portUnusable(port, error)));
    server.listen(port, LOOPBACK, resolve);
  });

  // While a file is being replaced it may not be readable: the next look is soon.
  const timer = setInterval(() => {
    if (listeners.size > 0) renew().catch(() => undefined);
  }, everyMilliseconds);
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`,
    close() {
      clearInterval(timer);
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Sent with every answer: the browser must not guess another type. */
const NO_SNIFFING = { "x-content-type-options": "nosniff" };
const HTML = {
  ...NO_SNIFFING,
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  // A page says the rest of its policy itself; this part is heard in a header alone.
  "content-security-policy": "frame-ancestors 'none'",
};
const TEXT = { ...NO_SNIFFING, "content-type": "text/plain; charset=utf-8" };
const EVENT_STREAM = { ...NO_SNIFFING, "content-type": "text/event-stream", "cache-control": "no-store" };
