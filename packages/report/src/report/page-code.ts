import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import type * as esbuild from "esbuild";

/** Packages that a page carries, and a file of one that begins with their licence: it must be there whole. */
interface Licence {
  readonly libraries: readonly string[];
  readonly text: readonly [library: string, file: string];
}

/** A file that pages carry: its source in the folder browser, what the build makes of it, whose code it has. */
interface PageFile {
  readonly source: string;
  readonly built: string;
  readonly licences: readonly Licence[];
}

const UPLOT: readonly Licence[] = [{ libraries: ["uplot"], text: ["uplot", "LICENSE"] }];
const TENSORFLOW_JS: readonly Licence[] = [
  {
    libraries: [
      ...["core", "converter", "backend-cpu", "backend-wasm"].map((part) => `@tensorflow/tfjs-${part}`),
      "long",
    ],
    // The Apache License 2.0, of which TensorFlow.js's packages hold no copy.
    text: ["long", "LICENSE"],
  },
  { libraries: ["seedrandom"], text: ["seedrandom", "seedrandom.js"] },
];

const SCRIPTS = {
  /** Of the pages that tell of runs. */
  run: { source: "main.ts", built: "page.min.js", licences: UPLOT },
  /** Of the page that carries an encoder. */
  encoder: { source: "encoder-main.ts", built: "encoder.min.js", licences: TENSORFLOW_JS },
} satisfies Record<string, PageFile>;
const STYLE: PageFile = { source: "page.css", built: "page.min.css", licences: UPLOT };

/** A page has one script or none. */
export type PageScript = keyof typeof SCRIPTS;

export const pageScript = (name: PageScript): string => codeOf(SCRIPTS[name]);

/** The style sheet of every page. */
export const pageStyle = (): string => codeOf(STYLE);

/** Bundles all files to where the built package reads them. */
export function writePageCode(): void {
  for (const file of [...Object.values(SCRIPTS), STYLE]) writeFileSync(placeOf(file), bundle(file));
}

const placeOf = ({ built }: PageFile): URL => new URL(`../browser/${built}`, import.meta.url);

const read = new Map<PageFile, string>();

/** What `npm run build` made of a file; where tests run on the sources, it is bundled on first use. */
function codeOf(file: PageFile): string {
  const place = placeOf(file);
  const code = read.get(file) ?? (existsSync(place) ? readFileSync(place, "utf8") : bundle(file));
  read.set(file, code);
  return code;
}

/** Modules of Node that TensorFlow.js asks for outside a browser alone. */
const NODE_MODULES = ["fs", "path", "util", "crypto", "worker_threads", "perf_hooks", "os"];

/** One file with all that it imports. Needs esbuild and the libraries, which the built package does not. */
function bundle(file: PageFile): string {
  const require = createRequire(import.meta.url);
  const { buildSync } = require("esbuild") as typeof esbuild;
  const notice = `/*!\n${file.licences.map((licence) => noticeOf(require, licence)).join("\n\n")}\n*/`;
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(`../../src/browser/${file.source}`, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target: ["chrome111", "firefox113", "safari16.2"], // the first with the style sheet's color-mix
    loader: { ".wasm": "dataurl" },
    external: NODE_MODULES,
    legalComments: "eof",
    banner: { js: notice, css: notice },
  });
  // A browser takes the ends of lines for "\n" before it holds a script against the policy's hash.
  return outputFiles[0]!.text.replaceAll("\r\n", "\n");
}

/** Names of the libraries, each with its version and place, and the whole text of their licence. */
function noticeOf(require: NodeJS.Require, { libraries, text: [library, file] }: Licence): string {
  const read = (name: string, inside: string): string => {
    const entry = require.resolve(name);
    const folder = path.join("node_modules", name);
    return readFileSync(path.join(entry.slice(0, entry.lastIndexOf(folder)), folder, inside), "utf8");
  };
  const names = libraries.map((name) => {
    const { version, repository } = JSON.parse(read(name, "package.json")) as {
      readonly version: string;
      readonly repository: { readonly url: string };
    };
    return `${name} ${version}, ${addressOf(repository.url)}`;
  });
  return `${names.join("\n")}\n\n${textOf(read(library, file))}`;
}

/** "git+https://host/name.git" as a reader opens it. */
const addressOf = (url: string): string =>
  url.replace(/^(git\+)?(git|https):/, "https:").replace(/\.git$/, "");

/** A licence that is a file, or the first comment of one. */
const textOf = (file: string): string => (/^\/\*([^]*?)\*\//.exec(file)?.[1] ?? file).trim();
