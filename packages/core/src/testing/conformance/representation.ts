import type { HostTensor } from "@tssl/engine";
import { relativeError } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";

import { imagenetStatistics, normalizeImages } from "../../networks/normalize-images.ts";
import type { Representation } from "../../plugins/plugin.ts";
import type { PreparedRun } from "../../training/prepare-run.ts";
import {
  representationDependsOnBatch,
  representationMisshapen,
  representationMovesState,
  representationVaries,
  representationWithoutNetwork,
} from "../messages/representation.ts";
import type { Check } from "./check.ts";
import { differing, same, stateOf } from "./differences.ts";
import { IMAGE_SIZE, startRun, unaugmentedImages } from "./subject.ts";

const COUNT = 4;
/** Relative to the length of the rows: a smaller batch may be computed in another order. */
const TOLERANCE = 1e-4;

export const representation: Check = {
  name: "representation",
  async find({ plugin: { name }, prepare }) {
    const started = startRun(prepare(), "eager");
    const { run, compiled } = started;
    try {
      const own = run.plugins.find((plugin) => plugin.name === name)!.run;
      if (own.representation === undefined) return [];
      if (own.network === undefined) return [representationWithoutNetwork(name)];
      await started.takeStep(0); // the running statistics are no longer those of the start
      const given = await someImages();
      const images = tf.tidy(() =>
        normalizeImages(tf.tensor4d(Float32Array.from(given.values), given.shape), imagenetStatistics),
      );
      const before = stateOf(compiled);
      const problems = valueProblems(name, own.representation, images);
      images.dispose();
      const moved = differing(before, stateOf(compiled));
      if (moved.length > 0) problems.push(representationMovesState(name, moved));
      if (problems.length === 0) await record(prepare(), given);
      return problems;
    } finally {
      await started.dispose();
    }
  },
};

function valueProblems(
  plugin: string,
  { features, featureDim }: Representation,
  images: tf.Tensor4D,
): string[] {
  const rowsOf = (given: tf.Tensor4D) => {
    const rows = tf.tidy(() => features(given));
    const { shape, dtype } = rows;
    const values = rows.dataSync<"float32">().slice();
    rows.dispose();
    return { shape, dtype, values };
  };
  const all = rowsOf(images);
  if (all.dtype !== "float32" || all.shape.join() !== [COUNT, featureDim].join()) {
    return [representationMisshapen(plugin, COUNT, featureDim, all)];
  }
  if (!same(all.values, rowsOf(images).values)) return [representationVaries(plugin)];
  const last = tf.tidy(() => images.slice([1, 0, 0, 0], [COUNT - 1, -1, -1, -1]));
  const error = relativeError(rowsOf(last).values, all.values.subarray(featureDim));
  last.dispose();
  return error <= TOLERANCE ? [] : [representationDependsOnBatch(plugin)];
}

/** Computes the representation once as evaluation does, recorded. */
async function record(run: PreparedRun, images: HostTensor): Promise<void> {
  const started = startRun(run, "graph");
  try {
    await started.compiled.features.extract(images);
  } finally {
    await started.dispose();
  }
}

/** The first images of the data set, bytes. */
async function someImages() {
  const values = (await unaugmentedImages()).subarray(0, COUNT * IMAGE_SIZE * IMAGE_SIZE * 3);
  const shape: [number, number, number, number] = [COUNT, IMAGE_SIZE, IMAGE_SIZE, 3];
  return { values, shape };
}
