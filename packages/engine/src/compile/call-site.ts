import path from "node:path";
import { fileURLToPath } from "node:url";

import { EngineError } from "../errors.ts";
import { madeAt as errorMadeAt } from "../messages/computing.ts";

/** Folder of this package's sources, or of its build. */
const OWN_FOLDER = fileURLToPath(new URL("../", import.meta.url));
const TFJS = /[\\/]node_modules[\\/]@tensorflow[\\/]/;

/**
 * Returns a place in the user's code, "/home/me/losses.ts:12:7"; undefined if there is none outside tfjs and
 * this engine.
 */
export type CallSite = () => string | undefined;

/**
 * The place in the user's code that led to this call. It is computed when it is asked for: a recording takes
 * thousands of call sites and shows few, and formatting a stack is slow, above all with source maps.
 */
export function callSite(): CallSite {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const error = new Error("call site");
  Error.stackTraceLimit = limit;
  return () => usersPlace(error.stack ?? "");
}

/** The place in the user's code that led to this call. */
export const currentSite = (): string | undefined => callSite()();

/** Adds the line of the user's step to an error of the engine; any other error is returned as it is. */
export const madeAt = (error: unknown, site: string | undefined): unknown =>
  error instanceof EngineError && site !== undefined ? errorMadeAt(error, site) : error;

/**
 * The first place in a stack that is in a file of the user: not in tfjs, this engine (except its tests) or
 * Node.
 */
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
