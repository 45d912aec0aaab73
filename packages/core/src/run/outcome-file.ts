import { readFile } from "node:fs/promises";
import path from "node:path";

import type { RunOutcome } from "./observer.ts";
import { outcomeFileOf } from "./run-folder.ts";

/** What outcome.json says of a run that has ended; the last file that a run writes. */
export interface SavedOutcome extends Pick<
  RunOutcome,
  | "status"
  | "reason"
  | "code"
  | "steps"
  | "seconds"
  | "timeShares"
  | "bottleneck"
  | "evaluations"
  | "corruptFiles"
  | "corruptReasons"
> {
  /** Null where no step was timed. */
  readonly imagesPerSecond: number | null;
  /** The most memory that the process ever had, threads and evaluation included. */
  readonly peakMemoryBytes: number;
}

/** A run's outcome as outcome.json has it. To be called in the process that ran it. */
export function outcomeText({
  status,
  reason,
  code,
  steps,
  seconds,
  imagesPerSecond,
  timeShares,
  bottleneck,
  evaluations,
  corruptFiles,
  corruptReasons,
}: RunOutcome): string {
  const saved: SavedOutcome = {
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { code }),
    steps,
    seconds,
    imagesPerSecond: Number.isFinite(imagesPerSecond) ? imagesPerSecond : null,
    timeShares,
    ...(bottleneck === undefined ? {} : { bottleneck }),
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    evaluations,
    ...(corruptFiles === undefined ? {} : { corruptFiles }),
    ...(corruptReasons === undefined ? {} : { corruptReasons }),
  };
  return `${JSON.stringify(saved, undefined, 2)}\n`;
}

/** The outcome of the run in a folder; undefined where none has ended there. */
export async function readOutcome(runFolder: string): Promise<SavedOutcome | undefined> {
  const text = await readFile(outcomeFileOf(runFolder), "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as SavedOutcome);
}

/** A saved outcome as `runTraining` returns it. */
export const outcomeOfFile = (
  { peakMemoryBytes: _, imagesPerSecond, ...saved }: SavedOutcome,
  runFolder: string,
): RunOutcome => ({
  ...saved,
  imagesPerSecond: imagesPerSecond ?? NaN,
  folder: path.resolve(runFolder),
});
