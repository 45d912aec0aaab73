import path from "node:path";

import { messageOf, TsslError } from "../errors.ts";
import { readTextFile, requireRegularFile } from "../files/read-text-file.ts";
import { importModule } from "./load-module.ts";
import { parseJson, parseYaml, requireShallow } from "./parse-yaml.ts";

/** A config file as it was read. */
export interface ConfigFile {
  /** Value of the file, unchecked. */
  readonly content: unknown;
  /** Text of a YAML or JSON file; absent for TypeScript and JavaScript. */
  readonly text?: string;
}

/** Bytes of a config file at most. */
const MOST_BYTES = 2 ** 20;

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
        return parsed(await readTextFile(file, { most: MOST_BYTES }), parseYaml);
      case ".json":
        return parsed(await readTextFile(file, { most: MOST_BYTES }), parseJson);
      case ".ts":
      case ".mts":
      case ".js":
      case ".mjs":
        await requireRegularFile(file);
        return { content: shallow(await importModule(file)) };
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

function shallow(content: unknown): unknown {
  requireShallow(content);
  return content;
}
