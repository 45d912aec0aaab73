import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { expect, describe, it } from "vitest";

import { CHROMIUM, openBrowser, openPage, scrollsSideways } from "../testing/browser.ts";
import { compareVariants, type ComparedVariant } from "./comparison.ts";
import { renderComparison } from "./comparison-page.ts";

const curve = (...values: readonly number[]) => ({
  knn: { steps: values.map((_, i) => i), epochs: values.map((_, i) => i), values },
});
const base: ComparedVariant = {
  name: "base",
  runs: [0.25, 0.3].map((knn, seed) => ({
    seed,
    folder: `base/seed-${seed}`,
    status: "finished" as const,
    measured: { knn, seconds: 60, "embedding/rank": 7, loss: 5 },
    curves: curve(0.2, knn),
  })),
};
const page = (name: string) =>
  renderComparison({
    comparison: compareVariants(
      [0, 1],
      [
        base,
        {
          name,
          objective: "another",
          runs: [
            {
              ...{ seed: 0, folder: `a b/seed-0`, status: "finished" as const },
              ...{ measured: { knn: 0.375, seconds: 66, loss: 9 }, curves: curve(0.2, 0.375) },
            },
            { seed: 1, folder: `a b/seed-1`, status: "failed", reason: name, measured: {} },
          ],
        },
      ],
    ),
    configs: [{ plugins: [{ use: "clsa", beta: 0 }] }, { plugins: [{ use: "clsa", beta: name }] }],
    command: `tssl compare ${name}`,
  });

describe("renderComparison", () => {
  it("shows the outcome, values, differences, costs, configs and links", () => {
    const html = page("other").replaceAll(/\s+/g, " ");
    expect(html).toContain("3 of 4 runs finished");
    expect(html).toContain("other is ahead of base: its kNN accuracy is 12.5 points higher.");
    expect(html).toContain("With 1 seed, whether that is more than luck cannot be said.");
    for (const text of [
      "kNN accuracy",
      "27.5 %",
      "37.5 %",
      "+12.5",
      "1 min",
      "+10 %",
      "plugins.<wbr />clsa.<wbr />beta",
    ]) {
      expect(html).toContain(text);
    }
    expect(html).toContain("Effective rank of embeddings");
    expect(html).toContain('<a href="a%20b/seed-0/report.html">37.5 %</a>');
    expect(html).toContain("<title>seed 0: 25.0 %</title>");
    expect(html).toContain("<title>seed 0: +12.5</title>");
    expect(html).not.toContain('href="a%20b/seed-1');
  });

  it("puts runs and differences at their places on an axis that all variants share", () => {
    const places = [...page("other").matchAll(/<circle\s+class="seed"\s+cx="([\d.]+)%"/g)].map(([, x]) =>
      Number(x),
    );
    // 25, 30 and 37.5 % on an axis from 25 to 40 %, and 12.5 points on one from 0 to 15.
    expect(places).toEqual([0, 33.33, 83.33, 83.33]);
  });

  it("holds no markup of names and reasons", () => {
    const evil = `<script>alert("'&")</script>`;
    const html = page(evil);
    expect(html).not.toContain("<script>alert");
    expect(html).toContain("&lt;script&gt;alert(&quot;&#39;&amp;&quot;)");
    expect(html).toContain("default-src 'none'");
  });
});

describe.skipIf(CHROMIUM === undefined)("a comparison in Chromium", () => {
  it("fits a phone with its numbers, draws its curves, and breaks no policy", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "tssl-comparison-"));
    const file = path.join(folder, "comparison.html");
    writeFileSync(file, page("a-long-name-without-an-end-".repeat(3)));
    const browser = await openBrowser();
    try {
      const options = { viewport: { width: 390, height: 844 } };
      const { page: tab, complaints } = await openPage(browser, pathToFileURL(file).href, options);
      expect(await scrollsSideways(tab)).toBe(false);
      for (const text of ["37.5 %", "+12.5"]) {
        const box = (await tab.locator(".result tbody").getByText(text, { exact: true }).boundingBox())!;
        expect(box.x).toBeGreaterThan(0);
        expect(box.x + box.width).toBeLessThan(390);
      }
      const canvas = tab.locator("figure.chart canvas");
      expect(await canvas.count()).toBe(1);
      // The band of the variant with two runs: thousands of pixels that are neither clear nor full.
      const translucent = await canvas.evaluate((drawn: HTMLCanvasElement) => {
        const { data } = drawn.getContext("2d")!.getImageData(0, 0, drawn.width, drawn.height);
        return data.filter((alpha, i) => i % 4 === 3 && alpha > 20 && alpha < 80).length;
      });
      expect(translucent).toBeGreaterThan(2000);
      await tab.getByRole("button", { name: "Copy" }).click();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true });
    }
  });
});
