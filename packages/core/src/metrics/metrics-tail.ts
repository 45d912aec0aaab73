import { FIRST_LINE, readLines } from "../files/lines.ts";
import { openLog } from "./metrics-log.ts";
import { type MetricsRow, rowReader } from "./metrics-row.ts";

/** Follows a metrics.jsonl that grows. */
export interface MetricsTail<Gathered> {
  /**
   * What has been made of all rows so far; reads only what has come since the last call. The file that a
   * resumed run begins is read anew.
   *
   * @throws {TsslError} as `readMetrics`.
   */
  read(): Promise<Gathered>;
}

/** @param begin makes what takes the rows, as they come; once for each file. */
export function followMetrics<Gathered extends { add(row: MetricsRow): void }>(
  file: string,
  begin: () => Gathered,
): MetricsTail<Gathered> {
  let [gathered, rowOf] = [begin(), rowReader(file)];
  let end = FIRST_LINE;
  let inode: number | undefined;

  const readOn = async (): Promise<Gathered> => {
    const handle = await openLog(file);
    if (handle === undefined) return gathered;
    try {
      const { size, ino } = await handle.stat();
      if (size < end.bytes || ino !== inode) {
        [gathered, rowOf, end, inode] = [begin(), rowReader(file), FIRST_LINE, ino];
      }
      for await (const line of readLines(handle, end)) {
        gathered.add(rowOf(line));
        end = line.end;
      }
      return gathered;
    } finally {
      await handle.close();
    }
  };

  /** One after another: two that read at the same time would take each row twice. */
  let last: Promise<unknown> = Promise.resolve();
  return {
    read() {
      const next = last.then(readOn, readOn);
      last = next;
      return next;
    },
  };
}
