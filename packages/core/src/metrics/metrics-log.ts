import { type FileHandle, open } from "node:fs/promises";

import { FIRST_LINE, type LinePlace, readLines } from "../files/lines.ts";
import { isMissing } from "../files/is-missing.ts";
import { openRegularFile } from "../files/regular-file.ts";
import { isDiskFull, writeWhole } from "../files/write-whole.ts";
import { metricsRowsMissing } from "../messages/damaged-files.ts";
import { fileUnreadable } from "../messages/run-folder.ts";
import { type MetricsRow, rowReader } from "./metrics-row.ts";

/** metrics.jsonl as a run writes it: each row once and whole. One call at a time. */
export interface MetricsLog {
  /** Rows so far, those that wait to be written included. */
  readonly rows: number;
  /** Adds a row. While the disk is full it waits in memory, and `onDiskFull` is called once. */
  append(row: MetricsRow): Promise<void>;
  /**
   * Writes what waits and flushes it to the disk. @throws what the system says, such as ENOSPC; the rows go
   * on waiting.
   */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface MetricsLogOptions {
  /**
   * Rows to go on after. Those that follow are dropped: rows of steps that will be taken again, or a last
   * line that was cut off.
   */
  readonly keep: number;
  /** Whether fewer rows may be there, because the user has said so. Default: they are refused. */
  readonly mayLack?: boolean;
  readonly onDiskFull: () => void;
}

/**
 * Opens a log for more rows. The file is replaced, never written into, and of any size: its rows pass through
 * memory one by one. What they say is for `readMetrics` to check.
 *
 * @throws {TsslError} FILE_DAMAGED if fewer rows are there than are to be kept; RUN_FOLDER if the file cannot
 * be read.
 */
export async function openMetricsLog(
  file: string,
  { keep, mayLack = false, onDiskFull }: MetricsLogOptions,
): Promise<MetricsLog> {
  let { lines: rows, bytes: end } = await keepRows(file, keep, mayLack);
  const handle = await open(file, "r+");
  let waiting = "";
  let paused = false;

  /** Always at the place where the last whole row ended, so that what a full disk cut off is overwritten. */
  const write = async (): Promise<void> => {
    const bytes = Buffer.from(waiting);
    for (let written = 0; written < bytes.length;) {
      written += (await handle.write(bytes, written, bytes.length - written, end + written)).bytesWritten;
    }
    end += bytes.length;
    waiting = "";
    paused = false;
  };

  return {
    get rows() {
      return rows;
    },
    async append(row) {
      waiting += `${JSON.stringify(row)}\n`;
      rows++;
      if (paused) return;
      try {
        await write();
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        paused = true;
        onDiskFull();
      }
    },
    async flush() {
      await write();
      await handle.datasync();
    },
    close: () => handle.close(),
  };
}

/** Replaces the file by its first `keep` rows. @returns where they end. */
async function keepRows(file: string, keep: number, mayLack: boolean): Promise<LinePlace> {
  const handle = await openLog(file);
  try {
    const end = handle === undefined ? FIRST_LINE : await endOfLines(handle, keep);
    if (end.lines < keep && !mayLack) throw metricsRowsMissing(file, end.lines, keep);
    await writeWhole(file, handle === undefined ? "" : beginning(handle, end.bytes));
    return end;
  } finally {
    await handle?.close();
  }
}

/** Where so many lines end, or as many as there are. */
async function endOfLines(handle: FileHandle, keep: number): Promise<LinePlace> {
  let end = FIRST_LINE;
  if (keep === 0) return end;
  for await (const line of readLines(handle)) {
    end = line.end;
    if (end.lines === keep) break;
  }
  return end;
}

/** Bytes copied at a time. */
const CHUNK = 2 ** 20;

async function* beginning(handle: FileHandle, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes;) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(CHUNK, bytes - at)), {
      position: at,
    });
    if (bytesRead === 0) return; // the file has become shorter meanwhile, which no process of ours does
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * The rows of a metrics.jsonl, one after another, whatever its size; none where there is no file yet. A last
 * line that is still being written, or was cut off, is left out.
 *
 * @throws {TsslError} FILE_DAMAGED at a line that is no row, with its number; RUN_FOLDER if the file cannot
 * be read.
 *
 * @example
 * ```ts
 * const losses: number[] = [];
 * for await (const { values } of readMetrics("runs/none/metrics.jsonl")) losses.push(values["loss"]!);
 * losses; // => []
 * ```
 */
export async function* readMetrics(file: string): AsyncGenerator<MetricsRow> {
  const handle = await openLog(file);
  if (handle === undefined) return;
  try {
    const rowOf = rowReader(file);
    for await (const line of readLines(handle)) yield rowOf(line);
  } finally {
    await handle.close();
  }
}

/** Undefined where there is no log yet: the one failure that stands for an empty one. */
export const openLog = (file: string): Promise<FileHandle | undefined> =>
  openRegularFile(file).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw fileUnreadable(file, error);
  });
