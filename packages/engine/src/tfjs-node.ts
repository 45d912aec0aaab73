import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { EngineError } from "./errors.ts";

/** The npm package whose addon carries TensorFlow into Node, and where it looks for that addon. */
export interface TfjsNode {
  readonly folder: string;
  readonly version: string;
  readonly addonLink: string;
}

export function findTfjsNode(): TfjsNode {
  const manifest = resolvePackage("@tensorflow/tfjs-node-gpu");
  const folder = path.dirname(manifest);
  const { version } = JSON.parse(fs.readFileSync(manifest, "utf8")) as { version: string };
  return { folder, version, addonLink: path.join(folder, "lib", "napi-v8", "tfjs_binding.node") };
}

/** The folder with Node-API's headers. */
export const nodeApiHeaders = (): string =>
  path.join(path.dirname(resolvePackage("node-api-headers")), "include");

/** The path of an npm package's package.json. */
function resolvePackage(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(`${name}/package.json`);
  } catch (error) {
    throw new EngineError(
      "TFJS_NODE_MISSING",
      `The npm package ${name} must be installed, but it is not: run "npm install".`,
      { cause: error },
    );
  }
}
