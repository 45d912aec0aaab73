import fs from "node:fs";
import path from "node:path";

import { makeFolders } from "./make-folders.ts";
import { cacheFolder } from "./setup/cache-folder.ts";

const file = (): string => path.join(cacheFolder(), "engine", "gpu-test.json");

/** What the last test of a device on this machine found; undefined where there was none. */
export function lastGpuTest(): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(fs.readFileSync(file(), "utf8")) as Record<string, unknown>;
  } catch {
    return undefined; // None was made, or it was cut short.
  }
}

/** Remembers a test of a device. */
export function keepGpuTest(result: Readonly<Record<string, unknown>>): void {
  makeFolders(path.dirname(file()));
  fs.writeFileSync(file(), JSON.stringify(result, undefined, 1));
}
