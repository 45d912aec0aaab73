import type { FileHandle } from "node:fs/promises";

/** A place between two lines of a file. */
export interface LinePlace {
  /** Lines before it. */
  readonly lines: number;
  /** Bytes before it. */
  readonly bytes: number;
}

/** A line that is whole: its newline has been written. */
export interface Line {
  /** Undefined where it is longer than any line that is read. */
  readonly text: string | undefined;
  /** Where it ends. Its `lines` is the line's own number, from 1. */
  readonly end: LinePlace;
}

export const FIRST_LINE: LinePlace = { lines: 0, bytes: 0 };

/** Bytes of the longest line that is read. */
export const LONGEST_LINE = 2 ** 20;

/**
 * Bytes without a newline after which no more are read: a crash may leave zeros at the end of a file, but a
 * file of which one hole claims terabytes would be read for hours.
 */
export const LONGEST_SEARCH = 2 ** 28;

/** Bytes read at a time. */
const CHUNK = 2 ** 18;

const NEWLINE = 0x0a;

/**
 * Reads the lines of a file, of any number, in the memory of one chunk. What stands after the last newline is
 * left out: it is still being written, or was cut off. More than `LONGEST_SEARCH` bytes without a newline are
 * a line that is too long, and the last one.
 *
 * @param from where to begin.
 */
export async function* readLines(handle: FileHandle, from: LinePlace = FIRST_LINE): AsyncGenerator<Line> {
  const chunk = Buffer.alloc(CHUNK);
  let { lines, bytes: end } = from;
  /** The beginning of a line that goes on in the next chunk; undefined once it is too long to be kept. */
  let begun: Buffer | undefined = Buffer.alloc(0);
  let begunBytes = 0;
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK, end + begunBytes);
    if (bytesRead === 0) return;
    let start = 0;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start);
      if (newline < 0 || newline >= bytesRead) break;
      const length = begunBytes + newline - start;
      lines++;
      end += length + 1;
      yield {
        text: length > LONGEST_LINE ? undefined : joined(begun, chunk.subarray(start, newline)),
        end: { lines, bytes: end },
      };
      [begun, begunBytes, start] = [Buffer.alloc(0), 0, newline + 1];
    }
    begunBytes += bytesRead - start;
    if (begunBytes > LONGEST_SEARCH) {
      yield { text: undefined, end: { lines: lines + 1, bytes: end + begunBytes } };
      return;
    }
    begun =
      begun === undefined || begunBytes > LONGEST_LINE
        ? undefined
        : Buffer.concat([begun, chunk.subarray(start, bytesRead)]);
  }
}

const joined = (begun: Buffer | undefined, rest: Buffer): string =>
  begun === undefined || begun.length === 0
    ? rest.toString("utf8")
    : Buffer.concat([begun, rest]).toString("utf8");
