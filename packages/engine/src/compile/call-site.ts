import path from "node:path";
import { fileURLToPath } from "node:url";

/** This package's own sources, or its build. */
const OWN_FOLDER = fileURLToPath(new URL("../", import.meta.url));
const TFJS = /[\\/]node_modules[\\/]@tensorflow[\\/]/;

/** "/home/me/losses.ts:12:7": where, outside tfjs and this engine, the code is that led here. Undefined where there is none. */
export function callSite(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack } = new Error("call site");
  Error.stackTraceLimit = limit;
  return usersPlace(stack ?? "");
}

/** The first place in a stack that is in a file of the user's: not tfjs, not this engine (but for its tests), not Node. */
export function usersPlace(stack: string): string | undefined {
  for (const line of stack.split("\n")) {
    const place = /^\s*at (?:.*? \((.+:\d+:\d+)\)|(?:async )?(.+:\d+:\d+))$/.exec(line);
    const [, location, position] = /^(.*?)(:\d+:\d+)$/.exec(place?.[1] ?? place?.[2] ?? "") ?? [];
    if (location === undefined) continue;
    const file = location.startsWith("file:") ? fileURLToPath(location.split("?")[0]!) : location;
    const ours = file.startsWith(OWN_FOLDER) && !file.includes(".test.");
    if (path.isAbsolute(file) && !TFJS.test(file) && !ours) return file + position!;
  }
  return undefined;
}
