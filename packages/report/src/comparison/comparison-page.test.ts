import { describe, expect, it } from "vitest";

import { compareVariants } from "./comparison.ts";
import { renderComparison } from "./comparison-page.ts";

const page = (name: string) =>
  renderComparison({
    comparison: compareVariants(
      [0, 1],
      [
        {
          name: "base",
          runs: [0.25, 0.3].map((knn, seed) => ({
            seed,
            folder: `base/seed-${seed}`,
            status: "finished" as const,
            measured: { knn, seconds: 60 },
          })),
        },
        {
          name,
          runs: [
            { seed: 0, folder: `a b/seed-0`, status: "finished", measured: { knn: 0.375, seconds: 66 } },
            { seed: 1, folder: `a b/seed-1`, status: "failed", reason: name, measured: {} },
          ],
        },
      ],
    ),
    configs: [{ plugins: [{ use: "clsa", beta: 0 }] }, { plugins: [{ use: "clsa", beta: name }] }],
    command: `tssl compare ${name}`,
  });

describe("renderComparison", () => {
  it("shows values, differences, costs, configs and links", () => {
    const html = page("other").replaceAll(/\s+/g, " ");
    expect(html).toContain("3 of 4 runs finished");
    expect(html).toContain("each variant minus base");
    for (const text of ["kNN accuracy", "27.5 %", "37.5 %", "+12.5", "1 min", "+6 s", "plugins.clsa.beta"]) {
      expect(html).toContain(text);
    }
    expect(html).toContain('<a href="a%20b/seed-0/report.html">finished</a>');
    expect(html).toContain("<title>seed 0: 25.0 %</title>");
    expect(html).not.toContain('href="a%20b/seed-1');
  });

  it("puts dots at their place on the scale of all variants", () => {
    const places = [...page("other").matchAll(/<circle cx="([\d.]+)"/g)].map(([, x]) => Number(x));
    // 0.25 .. 0.375 over 8 .. 252; the times after them: 60 .. 66.
    expect(places).toEqual([8, 105.6, 252, 8, 8, 252]);
  });

  it("holds no markup of names and reasons, and loads nothing", () => {
    const evil = `<script>alert("'&")</script>`;
    const html = page(evil);
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;script&gt;alert(&quot;&#39;&amp;&quot;)");
    expect(html).toContain("default-src 'none'");
  });
});
