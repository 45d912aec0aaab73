import fs from "node:fs";
import path from "node:path";

/**
 * Makes a folder, with those above it that are missing.
 *
 * Node's own `recursive` never ends where a folder cannot be made in /proc.
 *
 * @returns the uppermost folder that it made; undefined where all were there.
 */
export function makeFolders(folder: string): string | undefined {
  const missing: string[] = [];
  let above = path.resolve(folder);
  while (!fs.existsSync(above)) {
    missing.push(above);
    above = path.dirname(above);
  }
  if (missing.length === 0 && !fs.statSync(folder).isDirectory()) fs.mkdirSync(folder); // says what is there
  for (const each of [...missing].reverse()) makeOne(each);
  return missing.at(-1);
}

/** Another process may make it at the same moment. */
function makeOne(folder: string): void {
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST" && fs.existsSync(folder);
    if (!isThere || !fs.statSync(folder).isDirectory()) throw error;
  }
}
