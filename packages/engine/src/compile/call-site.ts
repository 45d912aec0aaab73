import path from "node:path";
import { fileURLToPath } from "node:url";

import { EngineError } from "../errors.ts";

/** This package's own sources, or its build. */
const OWN_FOLDER = fileURLToPath(new URL("../", import.meta.url));
const TFJS = /[\\/]node_modules[\\/]@tensorflow[\\/]/;

/** "/home/me/losses.ts:12:7": a place outside tfjs and this engine; undefined where the code came from nowhere else. */
export type CallSite = () => string | undefined;

/**
 * Where the code is that led here, worked out when somebody asks: a recording takes thousands of these and shows few, and a stack becomes
 * text slowly, above all under source maps.
 */
export function callSite(): CallSite {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const error = new Error("call site");
  Error.stackTraceLimit = limit;
  return () => usersPlace(error.stack ?? "");
}

/** An error of the engine's with the line of the step in it that it is about; what else there is stays as it is. */
export function madeAt(error: unknown, site: string | undefined): unknown {
  if (!(error instanceof EngineError) || site === undefined) return error;
  return new EngineError(error.code, `${error.message} (made at ${site})`);
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
