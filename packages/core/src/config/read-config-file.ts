import { randomUUID } from "node:crypto";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { build, type BuildFailure } from "esbuild";
import { parseDocument, type YAMLParseError } from "yaml";

import { messageOf, TsslError } from "../errors.ts";

/** A config file as it was read. */
export interface ConfigFile {
  /** Value of the file, unchecked. */
  readonly content: unknown;
  /** Text of a YAML or JSON file; absent for TypeScript and JavaScript. */
  readonly text?: string;
}

/**
 * Reads a config file: YAML (.yaml, .yml), JSON (.json) or TypeScript (.ts, .mts, .js, .mjs) with the config
 * as default export.
 *
 * @throws {TsslError} INVALID_CONFIG if the file is missing or cannot be parsed, with line and column where
 * they are known.
 */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  try {
    switch (path.extname(file).toLowerCase()) {
      case ".yaml":
      case ".yml":
        return parsed(await readFile(file, "utf8"), parseYaml);
      case ".json":
        return parsed(await readFile(file, "utf8"), parseJson);
      case ".ts":
      case ".mts":
      case ".js":
      case ".mjs":
        await access(file);
        return { content: await importModule(file) };
      default:
        throw new Error("the name must end in .yaml, .yml, .json, .ts, .mts, .js or .mjs");
    }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const reason = missing ? "there is no such file" : messageOf(error);
    throw new TsslError("INVALID_CONFIG", `${file} cannot be read as a config: ${reason}.`, {
      cause: error,
      data: { file, reason },
    });
  }
}

const parsed = (text: string, parse: (text: string) => unknown): ConfigFile => ({
  content: parse(text),
  text,
});

function parseYaml(text: string): unknown {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw new Error(explain(problem, text));
  return document.toJS() as unknown;
}

/** JSON.parse silently keeps the last of two values for one key; this refuses them. */
function parseJson(text: string): unknown {
  const content: unknown = JSON.parse(text);
  const twice = parseDocument(text).errors.find(({ code }) => code === "DUPLICATE_KEY");
  if (twice !== undefined) throw new Error(explain(twice, text));
  return content;
}

/**
 * The first line of the parser's message; "epochs is set a second time at line 3, column 1" for a repeated
 * key.
 */
function explain({ code, message, pos }: YAMLParseError, text: string): string {
  const line = message.split("\n")[0]!.replace(/:$/, "");
  const key = /^[^\s:,}]+/.exec(text.slice(pos[0]))?.[0];
  if (code !== "DUPLICATE_KEY" || key === undefined) return line;
  return line.replace("Map keys must be unique", `${key} is set a second time`);
}

/**
 * Imports a module written in TypeScript or JavaScript, which Node 20 cannot do with TypeScript.
 *
 * The module and the files that it imports by path are bundled into one file beside it. From there, packages
 * resolve as for the module itself, and they are the same instances as in the running program.
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

/** The first of esbuild's errors: "config.ts:1:16: Expected identifier". */
function firstProblem(failure: BuildFailure): Error {
  const problem = failure.errors[0];
  if (problem === undefined) return failure;
  const { location, text } = problem;
  const place = location === null ? "" : `${location.file}:${location.line}:${location.column}: `;
  return new Error(`${place}${text}`, { cause: failure });
}
