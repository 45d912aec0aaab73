import type { HostTensor, ProgramState } from "@tssl/engine";

import type { RunFacts } from "../plugins/run-facts.ts";
import { type BatchSource, stepBatches } from "./batches.ts";
import type { CompiledRun } from "./compile-run.ts";

/**
 * Images that statistics are settled on, as far as the limits of batches allow: so many, or those of two
 * epochs where the set is small.
 */
const SETTLING_IMAGES = 2048;
const SETTLING_EPOCHS = 2;
const LEAST_BATCHES = 2;
const MOST_BATCHES = 32;

/** The number of batches that statistics are settled on: 2048 images or two epochs, in 2 to 32 batches. */
export const settlingBatches = ({
  batchSize,
  datasetSize,
}: Pick<RunFacts, "batchSize" | "datasetSize">): number => {
  const images = Math.min(SETTLING_IMAGES, SETTLING_EPOCHS * datasetSize);
  return Math.min(MOST_BATCHES, Math.max(LEAST_BATCHES, Math.ceil(images / batchSize)));
};

/** Lets an encoder be looked at as if its running statistics had settled, at the weights that it has. */
export interface SettledStatistics {
  /** Does some work on a settled encoder. The state is as before when the work has ended. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

export interface SettledStatisticsOptions {
  readonly compiled: Pick<CompiledRun, "loadStatistics"> & {
    readonly state: Pick<ProgramState, "readEach" | "writeEach">;
  };
  /** Where the batches of the run's first steps come from. */
  readonly batches: BatchSource;
  readonly signal: AbortSignal;
  /** Is given the settled statistics before the work begins. */
  readonly onSettled: (statistics: Statistics) => Promise<void>;
}

/**
 * Settles the running statistics of a run that has taken no step, for as long as it is evaluated.
 *
 * Batch norm starts with mean 0 and variance 1, which are no statistics of anything: an encoder that is
 * evaluated by them is another network than the same weights after some steps. So the views of the run's
 * first batches pass through it, in training mode and with fixed weights, and the running statistics become
 * the plain average of those of each batch: PyTorch's `momentum=None` after `reset_running_stats`. The
 * batches are those of the first steps (of later epochs too where the run has fewer steps), so they depend on
 * the seed alone.
 *
 * A layer keeps a share d of what it had, and takes the rest from the batch: after = d before + (1 - d)
 * batch. Layers do not tell their d, so the first batch passes twice, and d follows from how much closer the
 * second pass comes.
 */
export function settledStatistics({
  compiled,
  batches,
  signal,
  onSettled,
}: SettledStatisticsOptions): SettledStatistics {
  const { state } = compiled;
  const settle = async (): Promise<Statistics> => {
    const averages = new Map<string, Float64Array>();
    let before: Statistics = new Map();
    let kept = new Map<string, number>();
    let count = 0;
    for await (const { parts, release } of stepBatches(batches)) {
      try {
        for (const part of parts) {
          signal.throwIfAborted();
          const after = await compiled.loadStatistics(part).run();
          if (after.size === 0) return before; // no batch norm
          if (count === 0) {
            const names = [...after.keys()];
            before = new Map(state.readEach(names).map((value, i) => [names[i]!, valuesOf(value)]));
            state.writeEach(after);
            const again = await compiled
              .loadStatistics(part)
              .run()
              .finally(() => state.writeEach(before));
            kept = new Map(
              [...after].map(([name, values]) => [
                name,
                keptShare(before.get(name)!, values, again.get(name)!),
              ]),
            );
          }
          count++;
          for (const [name, values] of after) {
            addBatch(averages, name, ofBatch(before.get(name)!, values, kept.get(name)!), count);
          }
        }
      } finally {
        release();
      }
    }
    const settled = new Map([...averages].map(([name, values]) => [name, Float32Array.from(values)]));
    state.writeEach(settled);
    await onSettled(settled);
    return before;
  };
  return {
    async during(work) {
      const before = await settle();
      try {
        return await work();
      } finally {
        state.writeEach(before);
      }
    },
  };
}

/** What stands in the place of settled statistics where an encoder has some already. */
export const untouched: SettledStatistics = { during: (work) => work() };

/** The batches that a run's statistics are settled on: those of its first steps, whatever its length. */
export const firstBatches = (source: BatchSource): BatchSource => ({
  ...source,
  facts: { ...source.facts, totalSteps: settlingBatches(source.facts) },
});

/** Running statistics by name. */
export type Statistics = ReadonlyMap<string, Float32Array>;

const valuesOf = ({ values }: HostTensor): Float32Array => values as Float32Array;

/** The share d of the values before that a pass keeps, by two passes of one batch. */
function keptShare(before: Float32Array, once: Float32Array, twice: Float32Array): number {
  let [product, square] = [0, 0];
  once.forEach((value, i) => {
    const first = value - before[i]!;
    product += (twice[i]! - value) * first;
    square += first * first;
  });
  return square === 0 ? 0 : product / square; // where nothing moved, the batch has what was there before
}

/** The batch's own statistics. */
const ofBatch = (before: Float32Array, after: Float32Array, kept: number): Float64Array =>
  Float64Array.from(after, (value, i) => (value - kept * before[i]!) / (1 - kept));

function addBatch(
  averages: Map<string, Float64Array>,
  name: string,
  values: Float64Array,
  count: number,
): void {
  const average = averages.get(name) ?? new Float64Array(values.length);
  averages.set(name, average);
  values.forEach((value, i) => (average[i]! += (value - average[i]!) / count));
}
