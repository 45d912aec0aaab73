import path from "node:path";
import { fileURLToPath } from "node:url";

/** The sources of the modules that users wrote and this process loaded; absolute paths. */
const authorFiles = new Set<string>();

/** Lets errors be placed in these files. */
export const addAuthorFiles = (files: readonly string[]): void =>
  files.forEach((file) => authorFiles.add(file));

/**
 * The place in a user's own module that an error comes from: "barlow-twins.ts:31:32", relative to the working
 * directory where the file lies in it; undefined where none of its calls lies in such a module.
 */
export function authorsPlace(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  for (const line of (error.stack ?? "").split("\n")) {
    const [, location, position] = /^\s*at (?:.*\()?(.+?)(:\d+:\d+)\)?$/.exec(line) ?? [];
    if (location === undefined) continue;
    const file = location.startsWith("file:") ? fileURLToPath(location) : location;
    if (authorFiles.has(file)) return shortest(file) + position!;
  }
  return undefined;
}

function shortest(file: string): string {
  const relative = path.relative("", file);
  return relative.startsWith("..") ? file : relative;
}
