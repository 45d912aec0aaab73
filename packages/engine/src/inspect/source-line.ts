import { existsSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import path from "node:path";

/**
 * The place in the source for a place in a build: "/x/src/loss.ts:30:12" for "/x/dist/loss.js:24:10", by the
 * source map beside the file. A place without a map or a source is returned as it is.
 *
 * @returns a function that reads each map once.
 */
export function sourceLines(): (place: string) => string {
  const maps = new Map<string, SourceMap | undefined>();
  return (place) => {
    const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(place) ?? [];
    if (file === undefined) return place;
    if (!maps.has(file)) maps.set(file, mapBeside(file));
    // Maps count lines and columns from 0, places from 1.
    const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !("originalSource" in entry)) return place;
    const source = path.resolve(path.dirname(file), entry.originalSource);
    return existsSync(source) ? `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}` : place;
  };
}

function mapBeside(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
