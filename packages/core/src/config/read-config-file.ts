import { randomUUID } from "node:crypto";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { build, type BuildFailure } from "esbuild";
import { parseDocument, type YAMLParseError } from "yaml";

import { messageOf, TsslError } from "../errors.ts";

/**
 * Reads a config file: YAML (.yaml, .yml), JSON (.json) or TypeScript (.ts, .mts, .js, .mjs) with the config as default export.
 *
 * @returns what the file holds, unchecked.
 * @throws {TsslError} INVALID_CONFIG if the file is missing or cannot be parsed, with line and column where there are any.
 */
export async function readConfigFile(file: string): Promise<unknown> {
  const extension = path.extname(file).toLowerCase();
  try {
    switch (extension) {
      case ".yaml":
      case ".yml":
        return parseYaml(await readFile(file, "utf8"));
      case ".json":
        return parseJson(await readFile(file, "utf8"));
      case ".ts":
      case ".mts":
      case ".js":
      case ".mjs":
        await access(file);
        return await importModule(file);
      default:
        throw new Error(`the name must end in .yaml, .yml, .json, .ts, .mts, .js or .mjs`);
    }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const reason = missing ? "there is no such file" : messageOf(error);
    throw new TsslError("INVALID_CONFIG", `${file} cannot be read as a config: ${reason}.`, { cause: error });
  }
}

function parseYaml(text: string): unknown {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw new Error(inWords(problem, text));
  return document.toJS() as unknown;
}

/** JSON's own parser keeps the last of two values for one key, and says nothing. */
function parseJson(text: string): unknown {
  const content: unknown = JSON.parse(text);
  const twice = parseDocument(text).errors.find(({ code }) => code === "DUPLICATE_KEY");
  if (twice !== undefined) throw new Error(inWords(twice, text));
  return content;
}

/** "epochs stands there twice; Map keys must be unique at line 3, column 1" */
function inWords({ code, message, pos }: YAMLParseError, text: string): string {
  const words = message.split("\n")[0]!.replace(/:$/, "");
  const key = /^[^\s:,}]+/.exec(text.slice(pos[0]))?.[0];
  return code === "DUPLICATE_KEY" && key !== undefined ? `${key} stands there twice; ${words}` : words;
}

/**
 * Bundles a module with the files it imports by path, and imports the result from beside it, so that packages resolve as they would
 * for the file itself and are shared with the running program. Node 20 cannot import TypeScript.
 *
 * @returns the default export.
 */
export async function importModule(file: string): Promise<unknown> {
  const { outputFiles } = await build({
    entryPoints: [path.resolve(file)],
    absWorkingDir: path.dirname(path.resolve(file)),
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    sourcemap: "inline",
    write: false,
    logLevel: "silent",
  }).catch((failure: unknown) => {
    throw firstProblem(failure as BuildFailure);
  });
  const bundle = path.join(path.dirname(path.resolve(file)), `.${path.basename(file)}.${randomUUID()}.mjs`);
  await writeFile(bundle, outputFiles[0]!.contents);
  try {
    const module = (await import(pathToFileURL(bundle).href)) as { default?: unknown };
    if (module.default === undefined) throw new Error("it has no default export");
    return module.default;
  } finally {
    await rm(bundle, { force: true });
  }
}

/** "config.ts:1:16: Expected identifier" instead of esbuild's list. */
function firstProblem(failure: BuildFailure): Error {
  const problem = failure.errors[0];
  if (problem === undefined) return failure;
  const { location, text } = problem;
  const place = location === null ? "" : `${location.file}:${location.line}:${location.column}: `;
  return new Error(`${place}${text}`, { cause: failure });
}
