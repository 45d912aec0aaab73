import { appendFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { FIRST_LINE, type Line, LONGEST_LINE, LONGEST_SEARCH, readLines } from "./lines.ts";
import { openRegularFile } from "./regular-file.ts";

let folder: TemporaryFolder;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = path.join(folder.path, "lines");
});
afterEach(() => folder.remove());

async function linesOf(from = FIRST_LINE): Promise<Line[]> {
  const handle = await openRegularFile(file);
  try {
    const lines: Line[] = [];
    for await (const line of readLines(handle, from)) lines.push(line);
    return lines;
  } finally {
    await handle.close();
  }
}

describe("readLines", () => {
  it("tells each line with its number and its end, but for one that has no newline yet", async () => {
    await writeFile(file, "one\n\nzwölf\nfo");
    expect(await linesOf()).toEqual([
      { text: "one", end: { lines: 1, bytes: 4 } },
      { text: "", end: { lines: 2, bytes: 5 } },
      { text: "zwölf", end: { lines: 3, bytes: 12 } },
    ]);
    await appendFile(file, "ur\n");
    expect(await linesOf({ lines: 3, bytes: 12 })).toEqual([{ text: "four", end: { lines: 4, bytes: 17 } }]);
  });

  it("joins lines over the ends of chunks, whatever their lengths", async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => "ä".repeat((i * 7919) % 400));
    await writeFile(file, lines.map((line) => `${line}\n`).join(""));
    expect((await linesOf()).map(({ text }) => text)).toEqual(lines);
  });

  it("reads the longest line, gives up on a longer one, and goes on after it", async () => {
    await writeFile(file, `${"a".repeat(LONGEST_LINE)}\n${"b".repeat(LONGEST_LINE + 1)}\nc\n`);
    const [longest, longer, last] = await linesOf();
    expect(longest!.text).toHaveLength(LONGEST_LINE);
    expect(longer).toEqual({ text: undefined, end: { lines: 2, bytes: 2 * LONGEST_LINE + 3 } });
    expect(last).toEqual({ text: "c", end: { lines: 3, bytes: 2 * LONGEST_LINE + 5 } });
  });

  it("passes over zeros of any number at the end, as a crash leaves them", async () => {
    await writeFile(file, "one\n");
    await truncate(file, 50_000_000);
    expect(await linesOf()).toEqual([{ text: "one", end: { lines: 1, bytes: 4 } }]);
  });

  it("gives up in a hole that claims terabytes", async () => {
    await writeFile(file, "one\n");
    await truncate(file, 8 * 2 ** 40);
    const [first, hole, ...more] = await linesOf();
    expect(first).toEqual({ text: "one", end: { lines: 1, bytes: 4 } });
    expect(hole!.text).toBeUndefined();
    expect(hole!.end.bytes).toBeLessThan(LONGEST_SEARCH + 2 ** 20);
    expect(more).toEqual([]);
  });
});
