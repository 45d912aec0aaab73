import { execFileSync } from "node:child_process";
import { appendFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { hostname, networkInterfaces } from "node:os";
import path from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newProgress, writeRunRecord } from "@tssl/core/internal";
import type { RunRecord } from "@tssl/core/run";
import { temporaryFolder, type TemporaryFolder } from "@tssl/core/testing";

import { CHROMIUM, openBrowser, openPage, scrollsSideways } from "../testing/browser.ts";
import { PROCESS_GONE } from "../messages/progress.ts";
import { ADDRESS_INCOMPLETE, NO_REPORT_YET, portUnusable, reportOfAnother } from "../messages/server.ts";
import { learnedRun } from "../report/learned-run.test.data.ts";
import { writeReport } from "../report/write-report.ts";
import type { LiveUpdate } from "../browser/page-data.ts";
import { type RunServer, serveRun } from "./serve-run.ts";

const POLICY = "content-security-policy";

const record: RunRecord = {
  plugins: ["moco", "clsa"],
  data: {
    images: 100,
    classes: ["cat", "dog"],
    evaluation: { trainImages: 100, classes: ["cat", "dog"], testImages: 20, k: 5 },
    notes: [],
  },
  stepsPerEpoch: 10,
  totalSteps: 40,
  environment: { tssl: "0.1.0", device: "cpu" },
  process: { pid: process.pid, host: hostname() },
  savedAt: "2026-11-25T06:00:00Z",
  history: {
    ...newProgress(new Date("2026-11-25T05:59:00Z"), "tssl train config.yaml").history,
    seconds: 60,
  },
};
const outcome = {
  ...{ status: "finished", steps: 40, seconds: 66, imagesPerSecond: 60, peakMemoryBytes: 2 ** 30 },
  ...{ timeShares: { compile: 0, step: 60, dataWait: 6, evaluation: 0 }, evaluations: [] },
};
const config = "name: followed\nbatchSize: 10\nepochs: 4\nevaluation: { k: 5 }\n";
const row = (step: number, values: Record<string, number>) =>
  `${JSON.stringify({ step, epoch: step / 10, values })}\n`;

let folder: TemporaryFolder;
let metrics: string;
let server: RunServer;
beforeEach(async () => {
  folder = await temporaryFolder();
  metrics = path.join(folder.path, "metrics.jsonl");
  await writeFile(path.join(folder.path, "config.yaml"), config);
  await writeFile(metrics, row(0, { knn: 0.5 }) + row(1, { loss: 7, imagesPerSecond: 50 }));
  await writeRunRecord(folder.path, record);
  server = await serveRun(folder.path, { port: 0, everyMilliseconds: 50 });
});
afterEach(async () => {
  await server.close();
  await folder.remove();
});

/**
 * Asks the server and gives up the answer's body as it comes.
 *
 * @param address counts from that of the page.
 */
const ask = (address: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number; next: () => Promise<string>; end: () => void }>((resolve, reject) => {
    const asked = request(server.url + address, { headers }, (response) => {
      const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      const next = async () => String((await chunks.next()).value);
      resolve({ status: response.statusCode!, next, end: () => asked.destroy() });
    });
    asked.on("error", reject).end();
  });

/** The first update that is so: in one between, the time may have gone on and the rows not. */
async function until(
  next: () => Promise<string>,
  isSo: (update: LiveUpdate) => boolean,
): Promise<LiveUpdate> {
  for (;;) {
    const update = parse(await next());
    if (isSo(update)) return update;
  }
}

const lossOf = ({ charts }: LiveUpdate) => charts.find(({ title }) => title === "Total loss")?.curves[0];
/** The last update of what came, which may be several at once. */
const parse = (events: string) =>
  JSON.parse(events.trim().split("\n\n").at(-1)!.slice("data: ".length)) as LiveUpdate;

describe("serveRun", () => {
  it("sends what is there, and again whenever the run comes further", async () => {
    const { next, end } = await ask("events");
    const first = parse(await next());
    expect(first.status).toBe("running");
    expect(lossOf(first)).toMatchObject({ steps: [1], values: [7] });
    expect(first.summary).toContain("Still running: 0.1 of 4 epochs done.");
    expect(first.summary).toContain("7.8 s"); // 39 steps of 10 images at 50 images/s
    expect(first.health).toContain("Whether embeddings collapse cannot be seen");

    await appendFile(metrics, row(2, { loss: 6.5 }) + '{"step":3,"ep'); // the last row is under way
    await until(next, (update) => lossOf(update)?.steps.at(-1) === 2);
    await appendFile(metrics, 'och":0.3,"values":{"loss":6}}\n');
    const third = await until(next, (update) => lossOf(update)?.steps.at(-1) === 3);
    expect(lossOf(third)).toMatchObject({ steps: [1, 2, 3], values: [7, 6.5, 6] });

    // Killed and resumed from step 1, and quick: the rows after it are others, and more.
    const resumed = [1, 2, 3, 4, 5, 6].map((step) => row(step, { loss: 7 - step / 8 }));
    await writeFile(`${metrics}.part`, resumed.join(""));
    await rename(`${metrics}.part`, metrics);
    const sixth = await until(next, (update) => lossOf(update)?.steps.at(-1) === 6);
    expect(lossOf(sixth)!.values).toEqual([6.875, 6.75, 6.625, 6.5, 6.375, 6.25]);
    end();
  });

  it("tells when a run has ended, and when its process is gone without a word", async () => {
    const { next, end } = await ask("events");
    await next();
    await writeRunRecord(folder.path, { ...record, process: { pid: 2 ** 22 + 1, host: hostname() } });
    const killed = await until(next, ({ status }) => status === "interrupted");
    expect(killed.summary).toContain(PROCESS_GONE);
    expect(killed.run).toContain(`tssl train --resume ${folder.path}`);
    await writeFile(path.join(folder.path, "outcome.json"), JSON.stringify(outcome));
    const finished = await until(next, ({ status }) => status === "finished");
    expect(finished.summary).toContain("1 min 6 s");
    end();
  });

  it("names the line of a log that is no row, and goes on once it is mended", async () => {
    await writeFile(`${metrics}.part`, `${row(1, { loss: 7 })}null\n`);
    await rename(`${metrics}.part`, metrics);
    const broken = await fetch(server.url);
    expect(broken.status).toBe(500);
    expect(await broken.text()).toBe(
      `${metrics} is damaged in line 2: it must be object, got null. Put back a whole copy of it; nothing ` +
        "was changed.\n",
    );
    await writeFile(`${metrics}.part`, row(1, { loss: 7 }) + row(2, { loss: 6 }));
    await rename(`${metrics}.part`, metrics);
    expect((await fetch(server.url)).status).toBe(200);
  });

  it("answers nobody but this machine, and no page of another site", async () => {
    expect(new URL(server.url).hostname).toBe("127.0.0.1");
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === "IPv4" && !each.internal);
    const { port } = new URL(server.url);
    if (outside !== undefined) await expect(fetch(`http://${outside.address}:${port}/`)).rejects.toThrow();
    expect((await ask("", { host: "evil.example" })).status).toBe(403);
    expect((await ask("config.yaml")).status).toBe(404);
    expect((await ask("../config.yaml")).status).toBe(403);
  });

  it("answers whoever has its address alone, so that no other user of the machine reads the run", async () => {
    const { origin, pathname } = new URL(server.url);
    expect(pathname).toMatch(/^\/[0-9a-f]{32}\/$/);
    const other = await serveRun(folder.path, { port: 0 });
    const another = new URL(other.url).pathname;
    await other.close();
    expect(another).not.toBe(pathname);
    for (const guess of [
      "/",
      "/events",
      "/report.html",
      another,
      pathname.slice(0, -2),
      `${another}events`,
    ]) {
      const answer = await fetch(origin + guess);
      expect([answer.status, await answer.text()]).toEqual([403, ADDRESS_INCOMPLETE]);
    }
    expect((await fetch(server.url)).status).toBe(200);
  });

  it("can be read alone", async () => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await fetch(server.url, { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    }
    for (const address of ["", "events"]) {
      const head = await fetch(server.url + address, { method: "HEAD" });
      expect([head.status, await head.text()]).toEqual([200, ""]);
    }
  });

  it("shows the report that this version wrote, and no page of somebody else", async () => {
    const report = async () => {
      const answer = await fetch(`${server.url}report.html`);
      return { status: answer.status, text: await answer.text(), policy: answer.headers.get(POLICY) };
    };
    expect(await report()).toMatchObject({ status: 404, text: NO_REPORT_YET });
    const file = path.join(folder.path, "report.html");
    await writeFile(file, "<script>alert(1)</script>");
    expect(await report()).toMatchObject({ status: 403, text: reportOfAnother(folder.path) });
    await writeReport(learnedRun, file);
    const written = await readFile(file, "utf8");
    const { status, text, policy } = await report();
    expect([status, text]).toEqual([200, written]);
    // A page that somebody wrote around our script is held to the same policy.
    const own = /http-equiv="Content-Security-Policy" content="(.*?)"/.exec(written)![1]!;
    expect(policy).toBe(`${own}; frame-ancestors 'none'`);
  });

  it("waits for no pipe in the place of the report", async () => {
    execFileSync("mkfifo", [path.join(folder.path, "report.html")]);
    for (let times = 0; times < 6; times++) {
      // more than Node has threads for files
      expect((await fetch(`${server.url}report.html`)).status).toBe(404);
    }
    expect((await fetch(server.url)).status).toBe(200);
  });

  it("lets no other page frame it, and no browser guess what an answer is", async () => {
    for (const [address, status, ownPolicy] of [
      ["", 200, /; connect-src 'self'; frame-ancestors 'none'$/],
      ["events", 200, /^$/],
      ["report.html", 404, /^$/],
    ] as const) {
      const answer = await fetch(server.url + address);
      expect(answer.status).toBe(status);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
      expect(answer.headers.get(POLICY) ?? "").toMatch(ownPolicy);
      await answer.body?.cancel();
    }
  });

  it("refuses a folder without a run, and a port in use, in words", async () => {
    const empty = path.join(folder.path, "empty");
    await mkdir(empty);
    await expect(serveRun(empty, { port: 0 })).rejects.toThrow(`${empty} has no run.json`);
    await expect(serveRun(`${empty}/none`, { port: 0 })).rejects.toThrow(`${empty}/none does not exist.`);
    const port = Number(new URL(server.url).port);
    await expect(serveRun(folder.path, { port })).rejects.toMatchObject({
      code: "SERVER",
      message: portUnusable(port, Object.assign(new Error(), { code: "EADDRINUSE" })).message,
    });
  });

  it("leaves its port free when it is closed, with pages still open", async () => {
    const { port } = new URL(server.url);
    await ask("events");
    await server.close();
    const again = createServer();
    await new Promise<void>((resolve, reject) => {
      again.once("error", reject).listen(Number(port), "127.0.0.1", resolve);
    });
    again.close();
  });
});

describe.skipIf(CHROMIUM === undefined)("the live page in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  it("shows new values without a reload, on a desktop and a phone", async () => {
    for (const viewport of [
      { width: 1280, height: 900 },
      { width: 360, height: 800 },
    ]) {
      const { page, complaints } = await openPage(browser, server.url, { viewport });
      const loss = page.locator("figure.chart", { has: page.getByText("Total loss") }).locator(".readout");
      await page.getByText("live, as of").waitFor();
      const begun = await loss.innerText();
      const step = 10 + viewport.width;
      await appendFile(metrics, row(step, { loss: step / 1000, "clsa/ddm": 5 }));
      await page.locator("figure.chart", { has: page.getByText("clsa/ddm") }).waitFor(); // a new chart
      await expect.poll(() => loss.innerText()).toBe(`7 → ${step / 1000}`);
      expect(begun).not.toBe(await loss.innerText());
      expect(await scrollsSideways(page)).toBe(false);
      expect(complaints).toEqual([`${server.url}events`]);
      await page.context().close();
    }
  });

  it("runs no script of a run's files", async () => {
    const environment = { ...record.environment, "device name": "<img src=q onerror=alert(1)>" };
    await writeRunRecord(folder.path, { ...record, environment });
    const { page, complaints } = await openPage(browser, server.url);
    let alerts = 0;
    page.on("dialog", (dialog) => {
      alerts++;
      void dialog.dismiss();
    });
    await page.getByText("live, as of").waitFor();
    await page.getByText("onerror=alert(1)").waitFor();
    // A page that somebody left in the folder around the script of ours.
    await writeReport(learnedRun, path.join(folder.path, "report.html"));
    const ours = await readFile(path.join(folder.path, "report.html"), "utf8");
    const theirs = ours
      .replace(/<meta http-equiv.*?>/, "")
      .replace("<main>", "<main><script>alert(2)</script><img src=q onerror=alert(3)>");
    await writeFile(path.join(folder.path, "report.html"), theirs);
    await page.goto(`${server.url}report.html`);
    await page.locator("figure.chart canvas").first().waitFor();
    expect(alerts).toBe(0);
    expect(complaints.join("\n")).toMatch(/Content Security Policy/);
    await page.context().close();
  });

  it("says so when the server is gone", async () => {
    const { page } = await openPage(browser, server.url);
    await page.getByText("live, as of").waitFor();
    await server.close();
    await page.getByText("does not answer").waitFor();
    expect(await page.locator("#live-summary h1").innerText()).toBe("followed");
    await page.context().close();
  });
});
