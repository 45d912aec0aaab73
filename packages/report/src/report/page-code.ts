import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import type * as esbuild from "esbuild";

/** The script and the style sheet of every page. */
export interface PageCode {
  readonly script: string;
  readonly style: string;
}

const built = (name: string): URL => new URL(`../browser/${name}`, import.meta.url);

let code: PageCode | undefined;

/**
 * Reads what `npm run build` made of the folder browser; where tests run on the sources, bundles it on first
 * use.
 */
export function pageCode(): PageCode {
  code ??= existsSync(built("page.min.js"))
    ? {
        script: readFileSync(built("page.min.js"), "utf8"),
        style: readFileSync(built("page.min.css"), "utf8"),
      }
    : bundlePageCode();
  return code;
}

/**
 * Bundles browser/main.ts and browser/page.css, with uPlot in both. Needs esbuild, which the built package
 * does not.
 */
export function bundlePageCode(): PageCode {
  const require = createRequire(import.meta.url);
  const { buildSync } = require("esbuild") as typeof esbuild;
  const notice = uplotNotice(require);
  const bundle = (file: string): string => {
    const { outputFiles } = buildSync({
      entryPoints: [fileURLToPath(new URL(`../../src/browser/${file}`, import.meta.url))],
      bundle: true,
      write: false,
      minify: true,
      format: "iife",
      target: ["chrome111", "firefox113", "safari16.2"], // the first with the style sheet's color-mix
      legalComments: "eof",
      banner: { js: notice, css: notice },
    });
    return outputFiles[0]!.text;
  };
  return { script: bundle("main.ts"), style: bundle("page.css") };
}

/** Its licence asks for the whole notice in every copy. */
function uplotNotice(require: NodeJS.Require): string {
  const folder = path.dirname(require.resolve("uplot/package.json"));
  const { version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
    readonly version: string;
  };
  const licence = readFileSync(path.join(folder, "LICENSE"), "utf8").trim();
  return `/*! uPlot ${version}, https://github.com/leeoniya/uPlot\n\n${licence}\n*/`;
}
