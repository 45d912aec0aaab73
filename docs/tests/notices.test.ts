import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

import { expect, it } from "vitest";

import { ROOT } from "./pages.ts";

const page = readFileSync(path.join(ROOT, "THIRD-PARTY-NOTICES.md"), "utf8");
const said = page.replaceAll(/\s+/g, " ");

it("is what the packages say; after a change of a dependency: npm run docs:notices", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/notices.mjs", "--check"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
});

it("names libvips and its libraries, uPlot with its notice, and every package that is needed to run", () => {
  const uplot = readFileSync(path.join(ROOT, "node_modules/uplot/LICENSE"), "utf8");
  expect(said).toContain(uplot.trim().replaceAll(/\s+/g, " "));
  expect(page).toMatch(/^\| libvips +\| LGPLv3 +\|$/m);
  expect(page).toMatch(/^\| mozjpeg +\| .*IJG License/m);
  for (const name of ["@tensorflow/tfjs", "koffi", "sharp", "umap-js", "@img/sharp-libvips-linux-x64"]) {
    const { version } = JSON.parse(
      readFileSync(path.join(ROOT, "node_modules", name, "package.json"), "utf8"),
    ) as { version: string };
    expect(said).toContain(`${name} ${version}`);
  }
  for (const name of ["vitest", "eslint", "playwright-core"])
    expect(said).not.toMatch(new RegExp(`[ ,]${name} \\d`));
});

it("holds no licence that somebody must agree to first, nor one that reaches into programs that use it", () => {
  const list = page.slice(page.indexOf("## Packages that npm installs"), page.indexOf("## Images"));
  const licences = [...list.matchAll(/^- ([^:]+):/gm)].flatMap(([, text]) => text!.split(/ AND |[()]/));
  const allowed = ["MIT", "ISC", "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "LGPL-3.0-or-later", ""]; // prettier-ignore
  expect(licences.filter((licence) => !allowed.includes(licence))).toEqual([]);
});
