import { randomStream, type ViewBatch, type ViewLoader, viewShape } from "@tssl/augment-zoo";
import type { HostTensor } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { type EpochOrder, inBatches } from "../data/epoch-order.ts";
import { prefetch } from "../data/prefetch.ts";
import type { StepInput } from "../plugins/inputs.ts";
import { viewsTooLarge } from "../messages/options.ts";
import { partsPerStep, type RunFacts } from "../plugins/run-facts.ts";
import { memoryInAll } from "../state/require-room.ts";
import type { HostPart } from "./host-part.ts";
import { type OwnImages, ownImages } from "./own-images.ts";
import type { PreparedRun } from "./prepare-run.ts";

export interface BatchSource {
  readonly loader: ViewLoader;
  readonly facts: RunFacts;
  /** The images of each part that are this process's own. Default: all. */
  readonly own?: OwnImages;
  readonly inputs: readonly StepInput[];
  readonly order: EpochOrder;
  /** The class of each image, -1 where unknown; absent where no plugin reads labels. */
  readonly labels?: Int32Array;
  /** Parts of batches that may be made ahead: `mostAhead`. */
  readonly ahead: number;
  /** The run's seed, which the inputs' random numbers depend on. */
  readonly seed: number;
}

/**
 * Parts of batches that are made while the step computes; more of them, up to `mostAhead`, where steps had to
 * wait.
 */
const LEAST_AHEAD = 2;
const MOST_AHEAD = 8;
/** Bytes that parts made ahead may take. */
const MOST_BYTES = 2 ** 29;

/** How many parts of batches may be made ahead: as many as fit into 512 MiB, 2 .. 8. */
export function mostAhead(run: Pick<PreparedRun, "facts" | "views" | "own">): number {
  const bytes = run.own.count * bytesOfImage(run);
  return Math.max(LEAST_AHEAD, Math.min(MOST_AHEAD, Math.floor(MOST_BYTES / bytes)));
}

/**
 * Refuses batches that the machine's memory cannot hold, before they take any.
 *
 * @throws {TsslError} INVALID_OPTION
 */
export function requireViewsFit(
  run: Pick<PreparedRun, "facts" | "views" | "own">,
  memory = memoryInAll(),
): void {
  const needed = slotsNeeded(run) * run.own.count * bytesOfImage(run);
  if (needed > memory) throw viewsTooLarge(needed, memory);
}

/** All views of one image. */
const bytesOfImage = ({ views, facts }: Pick<PreparedRun, "views" | "facts">): number =>
  Object.values(views)
    .map(
      ({ recipe }) =>
        (tf.util.sizeFromShape([...viewShape(recipe, facts.pixels.channels)]) * facts.pixels.depth) / 8,
    )
    .reduce((sum, bytes) => sum + bytes, 0);

/** Batches that must fit into the loader's memory at once: those of one step, and those made ahead. */
export const slotsNeeded = (run: Pick<PreparedRun, "facts" | "views" | "own">): number =>
  partsPerStep(run.facts) + mostAhead(run);

/** One optimizer step's images and inputs, as the parts it is accumulated from. */
export interface StepBatch {
  readonly parts: readonly HostPart[];
  /** Gives the images' memory back to the loader. */
  release(): void;
}

/**
 * The steps of a run, epoch after epoch, those of the next one made ahead as well. The consumer releases each
 * batch once it is copied.
 *
 * @param from how many of its steps are left out, because they are taken already.
 */
export async function* stepBatches(source: BatchSource, from = 0): AsyncGenerator<StepBatch> {
  const { loader, facts } = source;
  const partCount = partsPerStep(facts);
  let step = from;
  let gathered: ViewBatch[] = [];
  const release = (batches: readonly ViewBatch[]) => batches.forEach((batch) => batch.release());
  const options = {
    ahead: { least: LEAST_AHEAD, most: source.ahead },
    discard: (late: ViewBatch) => late.release(),
  };
  try {
    for await (const batch of prefetch(partRequests(source, from), (part) => loader.load(part), options)) {
      gathered.push(batch);
      if (gathered.length < partCount) continue;
      const whole = gathered;
      gathered = [];
      const parts = whole.map(({ views, indices }, part) => ({
        views,
        ...hostImages(indices, source.labels),
        inputs: hostInputs(source, step, part),
        place: { step, part },
      }));
      yield { parts, release: () => release(whole) };
      step++;
    }
  } finally {
    release(gathered);
  }
}

/** What is asked of the loader for each part of each step. */
function* partRequests(
  { facts, own = ownImages(facts), order }: BatchSource,
  from: number,
): Generator<{ readonly epoch: number; readonly indices: readonly number[] }> {
  const { batchSize, stepsPerEpoch, totalSteps } = facts;
  const images = facts.imagesPerPass;
  let [step, epoch] = [from, Math.floor(from / stepsPerEpoch)];
  for (; step < totalSteps; epoch++) {
    const batches = inBatches(order(epoch), batchSize);
    const before = epoch * stepsPerEpoch;
    // Not all of an epoch where there are fewer steps, such as those that settle batch norm.
    for (const batch of batches.slice(step - before, totalSteps - before)) {
      for (let first = own.first; first < batchSize; first += images) {
        yield { epoch, indices: batch.slice(first, first + own.count) };
      }
      step++;
    }
  }
}

/** The positions of a part's images, and their classes where some plugin reads them. */
export const hostImages = (
  indices: ArrayLike<number>,
  labels: Int32Array | undefined,
): Pick<HostPart, "indices" | "labels"> => {
  const vector = (values: Int32Array) => ({ values, shape: [values.length] });
  const positions = Int32Array.from(indices);
  return {
    indices: vector(positions),
    ...(labels === undefined ? {} : { labels: vector(positions.map((index) => labels[index]!)) }),
  };
};

/** The values of all inputs for one part of one step. */
export const hostInputs = (
  { inputs, facts, seed }: Pick<BatchSource, "inputs" | "facts" | "seed">,
  step: number,
  part: number,
): Record<string, HostTensor> =>
  Object.fromEntries(
    inputs.map(({ name, shape, valueAt }) => {
      const random = randomStream(seed, "input", name, step, part);
      return [name, { values: valueAt({ step, part, totalSteps: facts.totalSteps, random }), shape }];
    }),
  );
