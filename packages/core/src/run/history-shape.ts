import {
  listOf,
  moment,
  number,
  numberOrNaN,
  object,
  oneOf,
  recordOf,
  type Shape,
  text,
  trueOrFalse,
  whole,
} from "../files/shapes.ts";
import type { BestBy } from "../evaluation/checkpoint-score.ts";
import type { Bottleneck, LoaderWork } from "./bottleneck.ts";
import type { PastEvaluation, RunHistory } from "./run-history.ts";
import type { TimeShares } from "./step-clock.ts";

// Shapes of what run.json, outcome.json and checkpoints say of a run so far.

const seconds = number({ minimum: 0 });
const count = whole();

export const pastEvaluation: Shape<PastEvaluation> = object({
  step: count,
  epoch: number({ minimum: 0 }),
  accuracy: numberOrNaN,
});

export const timeShares: Shape<TimeShares> = object({ compile: seconds, step: seconds, dataWait: seconds });

const loaderWork: Shape<LoaderWork> = object(
  {
    threads: count,
    images: count,
    decoded: count,
    decodeSeconds: seconds,
    augmentSeconds: seconds,
    handOverSeconds: seconds,
  },
  {
    probe: object({ images: count, exactMs: seconds, fastMs: seconds }),
    cache: object({ isUsed: trueOrFalse }, { bytesNeeded: number({ minimum: 0 }) }),
  },
);

const evaluationDetail = object({
  confusion: listOf(listOf(count)),
  neighbours: listOf(
    object({ image: count, nearest: listOf(object({ index: count, similarity: numberOrNaN })) }),
  ),
});

export const bestBy: Shape<BestBy> = oneOf("knn", "held-out", "rank");

export const historyShape: Shape<RunHistory> = object(
  {
    startedAt: moment,
    seconds,
    evaluationSeconds: seconds,
    clock: object({ shares: timeShares, steps: count }),
    loader: loaderWork,
    evaluations: listOf(pastEvaluation),
    chanceLevels: recordOf(numberOrNaN),
    highest: recordOf(numberOrNaN),
    queueSteps: recordOf(count),
    corruptFiles: listOf(text),
    changes: listOf(object({ step: count, changes: listOf(text) })),
  },
  {
    command: text,
    untrained: evaluationDetail,
    latest: evaluationDetail,
    plan: listOf(object({ level: oneOf("warning", "note"), about: text, sentence: text })),
    corruptKinds: recordOf(text),
    scores: object({ by: bestBy, values: listOf(object({ step: count, value: numberOrNaN })) }),
  },
);

export const bottleneckShape: Shape<Bottleneck> = object({
  stages: listOf(
    object({
      name: oneOf("decode", "augment", "hand-over", "compute", "idle"),
      millisecondsPerImage: numberOrNaN,
      share: numberOrNaN,
    }),
  ),
  idleShare: numberOrNaN,
  threads: count,
  advice: text,
});

/** What of a history does not go together, in the run's classes: undefined where everything does. */
export function historyContradiction(
  { untrained, latest }: Pick<RunHistory, "untrained" | "latest">,
  classes: number,
): string | undefined {
  for (const [name, detail] of Object.entries({ untrained, latest })) {
    if (detail === undefined) continue;
    const isSquare =
      detail.confusion.length === classes && detail.confusion.every((row) => row.length === classes);
    if (!isSquare)
      return `history.${name}.confusion must have a row and a column for each of ${classes} classes`;
  }
  return undefined;
}
