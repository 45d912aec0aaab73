import { open } from "node:fs/promises";

import type { MetricsRow } from "./metrics-log.ts";

/** Follows a metrics.jsonl that grows. */
export interface MetricsTail {
  /**
   * All rows so far; reads only what has come since the last call. The file that a resumed run begins is read
   * anew.
   */
  read(): Promise<readonly MetricsRow[]>;
}

export function followMetrics(file: string): MetricsTail {
  let rows: MetricsRow[] = [];
  let end = 0;
  let inode: number | undefined;
  return {
    async read() {
      const handle = await open(file, "r").catch(() => undefined);
      if (handle === undefined) return rows;
      try {
        const { size, ino } = await handle.stat();
        if (size < end || ino !== inode) [rows, end, inode] = [[], 0, ino];
        const bytes = Buffer.alloc(size - end);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, end);
        // The last line may be under way.
        const whole = bytes.lastIndexOf("\n", bytesRead - 1) + 1;
        const lines = bytes.toString("utf8", 0, whole).split("\n").filter(Boolean);
        rows = [...rows, ...lines.map((line) => JSON.parse(line) as MetricsRow)];
        end += whole;
        return rows;
      } finally {
        await handle.close();
      }
    },
  };
}
