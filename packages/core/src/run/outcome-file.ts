import path from "node:path";

import { readJsonFile } from "../files/json-file.ts";
import {
  both,
  listOf,
  nullable,
  number,
  object,
  oneOf,
  recordOf,
  type Shape,
  text,
  whole,
} from "../files/shapes.ts";
import { bottleneckShape, pastEvaluation, timeShares } from "./history-shape.ts";
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

const outcomeShape: Shape<SavedOutcome> = object(
  {
    status: oneOf("finished", "interrupted", "failed"),
    steps: whole(),
    seconds: number({ minimum: 0 }),
    imagesPerSecond: nullable(number({ minimum: 0 })),
    timeShares: both(timeShares, object({ evaluation: number({ minimum: 0 }) })),
    peakMemoryBytes: number({ minimum: 0 }),
    evaluations: listOf(pastEvaluation),
  },
  {
    reason: text,
    code: text,
    bottleneck: bottleneckShape,
    corruptFiles: listOf(text),
    corruptReasons: recordOf(whole()),
  },
);

/**
 * The outcome of the run in a folder; undefined where none has ended there.
 *
 * @throws {TsslError} FILE_DAMAGED if outcome.json is not what a run writes; RUN_FOLDER if it cannot be read.
 */
export const readOutcome = (runFolder: string): Promise<SavedOutcome | undefined> =>
  readJsonFile(outcomeFileOf(runFolder), outcomeShape);

/** A saved outcome as `runTraining` returns it. */
export const outcomeOfFile = (
  { peakMemoryBytes: _, imagesPerSecond, ...saved }: SavedOutcome,
  runFolder: string,
): RunOutcome => ({
  ...saved,
  imagesPerSecond: imagesPerSecond ?? NaN,
  folder: path.resolve(runFolder),
});
