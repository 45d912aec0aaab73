import { open, readFile } from "node:fs/promises";

import { isDiskFull, writeWhole } from "../files/write-whole.ts";

/** One line of metrics.jsonl. */
export interface MetricsRow {
  /** Optimizer steps taken. */
  readonly step: number;
  /** Share of the epoch included: 1.5 is the middle of the second. */
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
  /** Every `health.everySteps` steps, where a plugin publishes an embedding space. */
  readonly cosines?: CosineCounts;
}

/**
 * How often each cosine was met in a batch, of positives and of negatives: counts in bins of equal width from
 * -1 to 1.
 */
export interface CosineCounts {
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

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

/**
 * Opens a log for more rows after the first `keep` of those that are there. The others are dropped: rows of
 * steps that will be taken again, or a last line that was cut off.
 */
export async function openMetricsLog(
  file: string,
  keep: number,
  onDiskFull: () => void,
): Promise<MetricsLog> {
  const text = await readFile(file, "utf8").catch(() => "");
  const kept = text
    .split("\n")
    .filter(isWholeRow)
    .slice(0, keep)
    .map((line) => `${line}\n`);
  await writeWhole(file, kept.join(""));

  const handle = await open(file, "r+");
  let end = Buffer.byteLength(kept.join(""));
  let rows = kept.length;
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

/** The metrics of a run so far; a last line cut off by a crash is left out. */
export async function readMetrics(file: string): Promise<readonly MetricsRow[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter(isWholeRow)
    .map((line) => JSON.parse(line) as MetricsRow);
}

function isWholeRow(line: string): boolean {
  try {
    return typeof JSON.parse(line) === "object";
  } catch {
    return false;
  }
}
