import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
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
  const { buildSync } = createRequire(import.meta.url)("esbuild") as typeof esbuild;
  const bundle = (file: string): string => {
    const { outputFiles } = buildSync({
      entryPoints: [fileURLToPath(new URL(`../../src/browser/${file}`, import.meta.url))],
      bundle: true,
      write: false,
      minify: true,
      format: "iife",
      target: ["chrome111", "firefox113", "safari16.2"], // the first with the style sheet's color-mix
      legalComments: "eof",
      banner: file.endsWith(".ts") ? { js: UPLOT_LICENCE } : {},
    });
    return outputFiles[0]!.text;
  };
  return { script: bundle("main.ts"), style: bundle("page.css") };
}

const UPLOT_LICENCE = "/*! uPlot 1.6, https://github.com/leeoniya/uPlot, (c) Leon Sorokin, MIT licence */";
