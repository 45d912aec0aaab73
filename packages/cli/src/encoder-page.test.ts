import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { CHROMIUM, openBrowser, openPage, scrollsSideways } from "@tssl/report/testing";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "./built-program.test.data.ts";
import { EXAMPLE, smallExample } from "./example-run.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";

let folder: string;
const tssl = (...args: string[]) => warmTsslIn(folder, args);
const within = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-encoder-page-"));
  await copyTrainAndTest(folder);
  const small = smallExample({ train: within("train"), test: within("test") });
  const trained = tssl("train", EXAMPLE, "--out", "run", ...small);
  expect(trained.code, trained.err).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The features of a folder's images by the run's own encoder, of length 1, by their paths. */
function featuresOf(images: string): ReadonlyMap<string, readonly number[]> {
  const { code, err } = tssl("embed", "run", images, "--out", `${images}.npy`);
  expect(code, err).toBe(0);
  const values = new Float32Array(new Uint8Array(readFileSync(within(`${images}.npy`)).subarray(128)).buffer);
  const names = readFileSync(within(`${images}.csv`), "utf8")
    .trim()
    .split("\n")
    .slice(1);
  const dim = values.length / names.length;
  return new Map(
    names.map((line, i) => {
      const row = [...values.subarray(i * dim, (i + 1) * dim)];
      const length = Math.hypot(...row);
      return [line.split(",")[0]!, row.map((value) => value / length)];
    }),
  );
}

/** What the page shows of the image that was compared last. */
const shown = (page: Page) =>
  page.$eval("#compared .case", (element) => ({
    name: element.querySelector("figcaption")!.textContent,
    classes: element.querySelector("h3")!.textContent,
    neighbours: Array.from(element.querySelectorAll("li"), (item) => ({
      name: item.querySelector("canvas")!.title,
      label: item.querySelector(".label")!.textContent,
      cosine: Number(item.querySelector(".cosine")!.textContent.replace("−", "-")),
    })),
  }));

/** What the page says of its work. */
const told = (page: Page) => page.textContent("#drop output");

describe("tssl export --to page", () => {
  it("writes one file, proven by 32 images to 1e-2", () => {
    const { code, out, err } = tssl(..."export run --to page --out net --json".split(" "));
    expect(code, err).toBe(0);
    const { artefacts } = JSON.parse(out) as { artefacts: { difference: number; files: unknown[] }[] };
    expect(artefacts[0]!.files).toEqual([{ path: "encoder.html", bytes: expect.any(Number) as number }]);
    expect(artefacts[0]!.difference).toBeLessThan(5e-3);
    expect(readFileSync(within("net/README.md"), "utf8")).toContain("open `encoder.html` in a browser");
  });
});

describe.skipIf(CHROMIUM === undefined)("the page of an encoder, opened from a disk", () => {
  let browser: Browser;
  beforeAll(async () => (browser = await openBrowser()));
  afterAll(() => browser.close());

  it("finds the neighbours that the run's encoder finds, without any network", async () => {
    const { page, complaints } = await openPage(browser, pathToFileURL(within("net/encoder.html")).href);
    await expect.poll(() => told(page), { timeout: 60_000 }).toBe("Ready.");
    const gallery = featuresOf("train");
    const queries = [...featuresOf("test")].filter((_, i) => i % 6 === 0);
    for (const [name, query] of queries) {
      await page.setInputFiles("#drop input", within(`test/${name}`));
      await expect.poll(() => told(page)).toMatch(/^0\d+\.jpg: \d+ ms\.$/);
      const { neighbours, classes } = await shown(page);
      const cosines = new Map(
        [...gallery].map(([path, row]) => [path, row.reduce((sum, value, d) => sum + value * query[d]!, 0)]),
      );
      const nearest = [...cosines].sort(([, one], [, other]) => other - one).slice(0, 10);
      expect(neighbours.map(({ cosine }) => cosine)).toEqual(
        nearest.map(([, cosine]) => expect.closeTo(cosine, 1.7) as number), // two digits, by float16
      );
      // Of two that float16 cannot tell apart, the other may come first.
      for (const each of neighbours) {
        expect(cosines.get(each.name)).toBeGreaterThan(nearest.at(-1)![1] - 2e-3);
        expect(each.label).toBe(path.dirname(each.name));
      }
      expect(classes).toMatch(/^\d+ of the 10 nearest: (airplane|automobile|bird|cat)$/);
      await page.setInputFiles("#drop input", []);
    }
    expect(await page.locator("figure.map .mark").count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it("compares an image of the run with itself, and names what is no image", async () => {
    const { page, complaints } = await openPage(browser, pathToFileURL(within("net/encoder.html")).href, {
      viewport: { width: 360, height: 740 },
    });
    await expect.poll(() => told(page), { timeout: 60_000 }).toBe("Ready.");
    const own = readdirSync(within("train/cat"))[0]!;
    writeFileSync(within("notes.txt"), "no image");
    await page.setInputFiles("#drop input", [within(`train/cat/${own}`), within("notes.txt")]);
    await expect.poll(() => told(page)).toBe("notes.txt cannot be shown: this browser reads no image in it.");
    const { name, neighbours } = await shown(page);
    expect(name).toBe(own);
    expect(neighbours[0]).toEqual({ name: `cat/${own}`, label: "cat", cosine: 1 });
    expect(await page.locator("#compared .case").count()).toBe(1);
    expect(await scrollsSideways(page)).toBe(false);
    expect(complaints).toEqual([]);
  });
});
