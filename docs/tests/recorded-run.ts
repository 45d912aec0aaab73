import { sizeOfView, viewShape } from "@tssl/augment-zoo";

import type * as tf from "@tensorflow/tfjs";

import { imagenetStatistics, normalizeImages } from "../../packages/core/src/networks/normalize-images.ts";
import { partsPerStep } from "../../packages/core/src/plugins/run-facts.ts";
import { phaseChanges } from "../../packages/core/src/testing/phase-steps.ts";
import { hostImages, hostInputs } from "../../packages/core/src/training/batches.ts";
import { stepInputs, trainingStep } from "../../packages/core/src/training/compile-run.ts";
import { probeHealth } from "../../packages/core/src/training/health-probe.ts";
import type { HostPart } from "../../packages/core/src/training/host-part.ts";
import type { PreparedRun } from "../../packages/core/src/training/prepare-run.ts";
import { stepImages } from "../../packages/core/src/training/step-images.ts";
import { type Recording, recordStep } from "../../packages/engine/src/compile/record.ts";

/**
 * All that a run compiles, recorded: the training step of each of its phases, the features of its encoder,
 * and its health probe. The images have shapes alone, so that no memory is needed for a batch of any size.
 */
export function recordedRun(run: PreparedRun): Readonly<Record<string, Recording>> {
  const state = run.store.variables();
  const inputs = stepInputs(partsOf(run, () => new Uint8Array()), 0.1); // prettier-ignore
  const firstPart = Object.fromEntries(Object.entries(inputs).filter(([name]) => name.startsWith("0.")));
  const { height, width } = sizeOfView(run.facts.imageSize);
  const images = { values: new Uint8Array(), shape: [run.facts.microBatchSize, height, width, 3] };
  const steps = [0, ...phaseChanges(run)].map((step) => {
    const phase = run.phaseAt(step);
    const training = trainingStep(run, imagenetStatistics, { phase });
    return [`training ${phase.key}`, recordStep(training, inputs, state)] as const;
  });
  return {
    ...Object.fromEntries(steps),
    features: recordStep(
      ({ images: view }) => ({ features: run.representation.features(prepare(view as tf.Tensor4D)) }),
      { images },
      state,
    ),
    probe: recordStep((given) => probe(run, given), firstPart, state),
  };
}

/**
 * The parts of a step with images of the caller's.
 *
 * @param images makes the images of a view, `[count, …]`.
 */
export function partsOf(
  { facts, views, inputs, readsLabels }: PreparedRun,
  images: (name: string, shape: readonly number[]) => Uint8Array,
  step = 0,
): HostPart[] {
  const count = facts.imagesPerPass;
  return Array.from({ length: partsPerStep(facts) }, (_, part) => ({
    views: Object.fromEntries(
      Object.entries(views).map(([name, { recipe }]) => {
        const shape = [count, ...viewShape(recipe)];
        return [name, { values: images(`${name} ${step} ${part}`, shape), shape }];
      }),
    ),
    ...hostImages(
      Array.from(
        { length: count },
        (_, i) => (step * facts.batchSize + part * count + i) % facts.datasetSize,
      ),
      readsLabels ? Int32Array.from({ length: facts.datasetSize }, (_, i) => i % 3) : undefined,
    ),
    inputs: hostInputs({ inputs, facts, seed: 0 }, step, part),
  }));
}

const prepare = <Images extends tf.Tensor4D | tf.Tensor5D>(images: Images): Images =>
  normalizeImages(images, imagenetStatistics);

function probe(run: PreparedRun, given: Readonly<Record<string, tf.Tensor>>) {
  const named = (prefix: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, given[`0.${prefix}.${name}`]!]));
  const part = {
    ...stepImages(named("view", Object.keys(run.views))),
    indices: given["0.indices"] as tf.Tensor1D,
    ...(run.readsLabels ? { labels: given["0.labels"] as tf.Tensor1D } : {}),
    inputs: named("input", run.inputs.map(({ name }) => name)), // prettier-ignore
  };
  return probeHealth({ ...run.machine(run.phaseAt(0)), prepare }, run.store, part);
}
