import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { CHROMIUM, openBrowser, openPage, scrollsSideways } from "../testing/browser.ts";
import { learnedRun, PIXEL } from "./learned-run.test.data.ts";
import { digestOf } from "./metrics-digest.ts";
import { renderOverlay } from "./render-overlay.ts";
import type { ReportData } from "./report-data.ts";
import { writeReport } from "./write-report.ts";

const STEPS = 101;

/** A straight line, a curve that is one on a logarithmic scale, and noise around a line. */
const rows = Array.from({ length: STEPS }, (_, step) => ({
  step,
  epoch: step / 10,
  values: {
    loss: 7 - (4 * step) / (STEPS - 1),
    "a/decay": 1000 * 10 ** (-3 * (step / (STEPS - 1))),
    "a/noise": 5 - step / (STEPS - 1) + (step % 2 === 0 ? 1 : -1),
  },
}));

const neighbour = { png: PIXEL, similarity: 0.91, label: "cat" };
const run: ReportData = {
  ...learnedRun,
  metrics: digestOf(rows),
  knn: { ...learnedRun.knn, perClass: [{ label: "cat", untrained: 0.2, accuracy: 0.3 }] },
  views: {
    roles: [
      { name: "query", recipe: "crop" },
      { name: "key", recipe: "crop" },
    ],
    epochs: [0, 1],
    rows: [
      {
        png: PIXEL,
        samples: {
          query: [{ png: PIXEL, operations: [{ name: "flip" }] }],
          key: [{ png: PIXEL, operations: [{ name: "grayscale", parameters: { probability: 0.2 } }] }],
        },
      },
    ],
  },
  neighbours: [{ png: PIXEL, label: "cat", untrained: [neighbour], trained: [neighbour] }],
  // Three dots: a corner, the middle, the opposite corner; after training the first two have changed places.
  maps: {
    maps: [
      { name: "Untrained", positions: [0, 0, 500, 500, 1000, 1000] },
      { name: "After 100 steps", positions: [500, 500, 0, 0, 1000, 1000] },
    ],
    of: 3,
    set: "test",
    classes: ["cat", "dog"],
    labels: [0, 1, 0],
    sprite: PIXEL,
    tile: 1,
    columns: 1,
  },
  timeShares: { compile: 5, dataWait: 100, step: 95, evaluation: 50 },
  config: `name: ${"a-long-word-".repeat(30)}`,
  environment: { tssl: "0.1.0" },
  reproduce: "tssl train config.yaml",
};

let browser: Browser;
let folder: string;
let url: string;

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  folder = mkdtempSync(path.join(tmpdir(), "tssl-page-"));
  await writeReport(run, path.join(folder, "report.html"));
  url = pathToFileURL(path.join(folder, "report.html")).href;
  browser = await openBrowser();
});
afterAll(async () => {
  if (CHROMIUM === undefined) return;
  await browser.close();
  rmSync(folder, { recursive: true });
});

const chart = (page: Page, title: string) =>
  page.locator("figure.chart", { has: page.getByText(title, { exact: true }) });
const readout = (page: Page, title: string) => chart(page, title).locator(".readout").innerText();

/** Points at a chart, at this share of its width. */
async function pointAt(page: Page, title: string, share: number): Promise<void> {
  const box = (await chart(page, title).locator(".u-over").boundingBox())!;
  await page.mouse.move(box.x + 1 + share * (box.width - 2), box.y + box.height / 2);
}

/** How far down a chart its curve is at each share of the width: 0 at the top, 1 at the bottom. */
const heights = (page: Page, title: string, shares: readonly number[]): Promise<number[]> =>
  chart(page, title)
    .locator("canvas")
    .evaluate((canvas: HTMLCanvasElement, at) => {
      const over = canvas.parentElement!.querySelector(".u-over")!.getBoundingClientRect();
      const outer = canvas.getBoundingClientRect();
      const scale = canvas.width / outer.width;
      const [left, top] = [(over.left - outer.left) * scale, (over.top - outer.top) * scale];
      const [width, height] = [Math.round(over.width * scale), Math.round(over.height * scale)];
      const { data } = canvas.getContext("2d")!.getImageData(left, top, width, height);
      const stroke = getComputedStyle(document.documentElement).getPropertyValue("--curve").trim();
      const wanted = [1, 3, 5].map((from) => parseInt(stroke.slice(from, from + 2), 16));
      return at.map((share) => {
        const column = Math.round(share * (width - 1));
        const hits = Array.from({ length: height }, (_, row) => row).filter((row) =>
          wanted.every((value, i) => Math.abs(data[4 * (row * width + column) + i]! - value) < 60),
        );
        return hits.reduce((sum, row) => sum + row, 0) / hits.length / height;
      });
    }, shares);

describe.skipIf(CHROMIUM === undefined)("a report in Chromium", () => {
  it("renders without a complaint, and asks for nothing besides itself", async () => {
    const { page, complaints } = await openPage(browser, url);
    expect(await page.locator("h1").innerText()).toBe("A run");
    expect(await page.locator("figure.chart canvas").count()).toBe(4);
    for (const id of ["curves", "neighbours", "map", "classes", "views", "run"]) {
      expect(await page.locator(`section#${id} h2`).isVisible(), id).toBe(true);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("runs no script besides its own, and applies no style", async () => {
    const { page, complaints } = await openPage(browser, url);
    await page.evaluate(() => {
      const handler = `<img src="data:," onerror="document.title = 'handler'">`;
      document.body.insertAdjacentHTML("beforeend", `${handler}<h2 id="other" style="color: red">`);
      const script = document.createElement("script");
      script.textContent = "document.title = 'script'";
      document.body.append(script);
    });
    await expect.poll(() => complaints.filter((text) => text.includes("violates")).length).toBe(3);
    expect(await page.title()).toBe("A run – finished");
    const colour = await page.locator("#other").evaluate((element) => getComputedStyle(element).color);
    expect(colour).not.toBe("rgb(255, 0, 0)");
    await page.context().close();
  });

  it("draws the logged values, and reads them out under the pointer", async () => {
    const { page } = await openPage(browser, url);
    const [left, middle, right] = await heights(page, "Total loss", [0.1, 0.5, 0.9]);
    expect(left).toBeLessThan(0.3);
    expect(right).toBeGreaterThan(0.6);
    expect(middle).toBeCloseTo((left! + right!) / 2, 1.5); // a straight line
    for (const step of [0, 25, 50, 100]) {
      await pointAt(page, "Total loss", step / 100);
      expect(await readout(page, "Total loss")).toBe(String(rows[step]!.values.loss));
      const decay = Number((await readout(page, "a/decay")).replace("−", "-"));
      expect(decay / rows[step]!.values["a/decay"]).toBeCloseTo(1, 3); // the other charts follow
      expect(await chart(page, "Total loss").locator(".position").innerText()).toBe(
        `step ${step}, epoch ${step / 10}`,
      );
    }
    // Between the three points of kNN the nearest one is read.
    await pointAt(page, "Total loss", 0.45);
    expect(await readout(page, "kNN accuracy")).toBe("33.4 %");
    await page.context().close();
  });

  it("is straight on a logarithmic scale where the values fall by a factor", async () => {
    const { page } = await openPage(browser, url);
    const at = [0.1, 0.5, 0.9];
    const linear = await heights(page, "a/decay", at);
    expect(linear[1]! - (linear[0]! + linear[2]!) / 2).toBeGreaterThan(0.15);
    await page.locator("#log").check();
    const log = await heights(page, "a/decay", at);
    expect(log[1]).toBeCloseTo((log[0]! + log[2]!) / 2, 1.5);
    expect(log[2]! - log[0]!).toBeGreaterThan(0.5);
    await page.context().close();
  });

  it("smooths noise as far as asked", async () => {
    const { page } = await openPage(browser, url);
    const smoothedAt = async () => {
      await pointAt(page, "a/noise", 0.5);
      return /smoothed ([\d.]+)/.exec(await readout(page, "a/noise"))?.[1];
    };
    const slider = page.locator("#smoothing input");
    await slider.fill("5");
    expect(Math.abs(Number(await smoothedAt()) - 4.5)).toBeLessThan(0.1);
    expect(await chart(page, "a/noise").locator(".key-smooth").isVisible()).toBe(true);
    expect(await chart(page, "Total loss").locator(".key-smooth").isVisible()).toBe(false); // it has no noise
    await slider.fill("0");
    expect(await smoothedAt()).toBeUndefined();
    await page.context().close();
  });

  it("zooms by dragging, resets by double-click, and shows the last half at a button", async () => {
    const { page } = await openPage(browser, url);
    const pressed = () => page.locator("#ranges [aria-pressed=true]").allInnerTexts();
    const stepAt = async (share: number) => {
      await pointAt(page, "Total loss", share);
      return parseInt((await chart(page, "Total loss").locator(".position").innerText()).slice(5));
    };
    await pointAt(page, "a/decay", 0.25);
    await page.mouse.down();
    await pointAt(page, "a/decay", 0.75);
    await page.mouse.up();
    const part = [await stepAt(0), await stepAt(0.5), await stepAt(1)];
    part.forEach((step, i) => expect(Math.abs(step - [25, 50, 75][i]!)).toBeLessThanOrEqual(1));
    expect(await pressed()).toEqual([]);
    await chart(page, "a/decay").locator(".u-over").dblclick();
    expect([await stepAt(0), await stepAt(1), await pressed()]).toEqual([0, 100, ["all"]]);
    await page.getByText("last half").click();
    expect([await stepAt(0), await stepAt(1), await pressed()]).toEqual([50, 100, ["last half"]]);
    await page.getByText("epochs", { exact: true }).click();
    expect([await stepAt(0), await stepAt(1)]).toEqual([50, 100]);
    await page.context().close();
  });

  it("shows the image and class of the dot under the pointer, in both maps", async () => {
    const { page, complaints } = await openPage(browser, url);
    const canvas = page.locator(".map canvas:not(.thumbnail)").first();
    await canvas.scrollIntoViewIfNeeded();
    const box = (await canvas.boundingBox())!;
    const told = async () => [
      await page.locator(".map output").allInnerTexts(),
      await page.locator(".map .thumbnail:visible").count(),
    ];
    await page.mouse.move(box.x + 14, box.y + box.height - 14);
    expect(await told()).toEqual([["cat", "cat"], 2]);
    // In the second map that image lies in the middle.
    const middles = await page
      .locator(".map .thumbnail")
      .evaluateAll((all) => all.map((each) => Number.parseFloat(each.style.left)));
    expect(middles[1]! - middles[0]!).toBeGreaterThan(box.width / 3);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    expect(await told()).toEqual([["dog", "dog"], 2]);
    await page.mouse.move(box.x + box.width / 4, box.y + box.height / 4);
    expect(await told()).toEqual([["", ""], 0]);
    await page.locator(".map-legend button", { hasText: "cat" }).click(); // dogs fade, and are not pointed at
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    expect(await told()).toEqual([["", ""], 0]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("lays the curves of several runs over each other, and reads each where it has a value", async () => {
    const other = rows.filter(({ step }) => step % 20 === 0).map((row) => ({ ...row, step: row.step + 3 }));
    const runs = [
      { name: "one", data: run, config: { seed: 0 } },
      {
        name: "a-second-run-with-a-long-name",
        data: { ...run, metrics: digestOf(other) },
        config: { seed: 1 },
      },
    ];
    const file = path.join(folder, "overlay.html");
    writeFileSync(file, renderOverlay(runs, "tssl report one two"));
    const { page, complaints } = await openPage(browser, pathToFileURL(file).href);
    await pointAt(page, "Total loss", 50 / 103);
    expect(await chart(page, "Total loss").locator(".readout").allInnerTexts()).toEqual([
      String(rows[50]!.values.loss),
      String(rows[40]!.values.loss), // its step 43 is nearer than 63
    ]);
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await scrollsSideways(page)).toBe(false);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each([320, 390])("fits a phone %i pixels wide", async (width) => {
    const { page, complaints } = await openPage(browser, url, {
      viewport: { width, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    expect(await scrollsSideways(page)).toBe(false);
    const plot = chart(page, "Total loss").locator(".u-over");
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    await page.touchscreen.tap(box.x + box.width / 2, box.y + 20);
    expect(await readout(page, "Total loss")).toBe("5");
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("is dark where the reader's system is", async () => {
    const { page, complaints } = await openPage(browser, url, { colorScheme: "dark" });
    const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(background).toBe("rgb(20, 22, 26)");
    const [middle] = await heights(page, "Total loss", [0.5]); // where the dark scheme's colour is
    expect(middle).toBeGreaterThan(0.3);
    expect(middle).toBeLessThan(0.7);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
