import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { followMetrics, messageOf, readRegularFile } from "@tssl/core/internal";
import { metricsFileOf } from "@tssl/core/run";

import {
  ADDRESS_INCOMPLETE,
  NO_REPORT_YET,
  NO_SUCH_PAGE,
  ONLY_READ,
  portUnusable,
  reportOfAnother,
  WRONG_HOST,
} from "../messages/server.ts";
import { EVENTS } from "../browser/page-data.ts";
import { pageJson } from "../report/embed.ts";
import { openDigest } from "../report/metrics-digest.ts";
import { hasOurScript, pagePolicy } from "../report/page.ts";
import { readRecordedRun, recordedRunData } from "../report/recorded-run.ts";
import type { ReportData } from "../report/report-data.ts";
import { liveUpdate, renderLivePage } from "./live-page.ts";

export interface RunServer {
  /** The address of the page. It holds a secret, so that other users of this machine cannot read the run. */
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
 * Serves the live page of a run on loopback alone, so nobody on the network sees it, and at an address that
 * cannot be guessed, so no other user of this machine does. It reads the run's files and writes none: it can
 * be started and ended at any time, also for a run that has ended. No code of the run folder is run.
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
    const update = pageJson(liveUpdate(await look()));
    if (update === last) return;
    last = update;
    listeners.forEach(send);
  };
  const follow = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.writeHead(200, EVENT_STREAM);
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    await renew();
    send(response);
    listeners.add(response);
    response.on("close", () => listeners.delete(response));
  };

  const home = `/${randomBytes(16).toString("hex")}/`;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refuse = (status: number, text: string, headers = {}): void => {
      response.writeHead(status, { ...TEXT, ...headers }).end(text);
    };
    const show = (page: string, live: boolean): void => {
      response.writeHead(200, htmlHeaders({ live })).end(page);
    };
    const { url = "", method } = request;
    // DNS rebinding: a page of another site whose name resolves to this address must not read the run.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) refuse(403, WRONG_HOST);
    else if (method !== "GET" && method !== "HEAD") refuse(405, ONLY_READ, { allow: "GET, HEAD" });
    else if (!url.startsWith(home)) refuse(403, ADDRESS_INCOMPLETE);
    else if (url === home) show(renderLivePage(await look()), true);
    else if (url === home + EVENTS) await follow(request, response);
    else if (url === `${home}report.html`) {
      const page = await reportIn(folder).catch(() => undefined);
      if (page === undefined) refuse(404, NO_REPORT_YET);
      else if (!hasOurScript(page)) refuse(403, reportOfAnother(folder));
      else show(page, false);
    } else refuse(404, NO_SUCH_PAGE);
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
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}${home}`,
    close() {
      clearInterval(timer);
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Bytes of the largest report.html that is shown. */
const LARGEST_REPORT = 2 ** 27;

const reportIn = async (folder: string): Promise<string> =>
  (await readRegularFile(path.join(folder, "report.html"), LARGEST_REPORT)).toString("utf8");

/** Sent with every answer: the browser must not guess another type, nor tell others the address. */
const ALWAYS = { "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" };

/**
 * The policy of our pages as a header holds for a report.html that somebody else wrote, too: it runs no
 * script but ours. No other page may frame it, which can be said in a header alone.
 */
const htmlHeaders = ({ live }: { readonly live: boolean }) => ({
  ...ALWAYS,
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": `${pagePolicy({ script: "run", live })}; frame-ancestors 'none'`,
});
const TEXT = { ...ALWAYS, "content-type": "text/plain; charset=utf-8" };
const EVENT_STREAM = { ...ALWAYS, "content-type": "text/event-stream", "cache-control": "no-store" };
