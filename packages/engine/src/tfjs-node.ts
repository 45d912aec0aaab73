import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { packageMissing } from "./messages/libraries.ts";

/** The npm package whose addon brings TensorFlow to Node, and the path where it looks for that addon. */
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

/** Folder of the Node-API headers. */
export const nodeApiHeaders = (): string =>
  path.join(path.dirname(resolvePackage("node-api-headers")), "include");

/** Path of the package.json of an npm package. */
function resolvePackage(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(`${name}/package.json`);
  } catch (error) {
    throw packageMissing(name, error);
  }
}
