import { access, readFile } from "node:fs/promises";
import path from "node:path";

import { parseDocument, type YAMLParseError } from "yaml";

import { messageOf, TsslError } from "../errors.ts";
import { importModule } from "./load-module.ts";

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
