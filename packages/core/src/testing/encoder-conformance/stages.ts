import { relativeError, watchTensors } from "@tssl/engine/testing";
import { sizeOfView } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { FEATURES } from "../../evaluation/compile-features.ts";
import { type EncoderStage, sideOfMap } from "../../networks/encoder.ts";
import type { Mode } from "../../networks/layers.ts";
import { withName } from "../conformance/check.ts";
import { same } from "../conformance/differences.ts";
import * as say from "../encoder-messages.ts";
import type { StateStore } from "../../state/store.ts";
import type { EncoderRule } from "./encoder-check.ts";
import { writtenIn } from "./state.ts";
import {
  build,
  type BuiltEncoder,
  type EncoderSubject,
  type Images,
  imagesFrom,
  imagesOf,
  inference,
  moveFromStart,
  training,
  withEncoder,
} from "./subject.ts";

const COUNT = 4;
/** Relative to the length of an image's map: a smaller batch may be computed in another order. */
const TOLERANCE = 1e-4;

export const stages: EncoderRule = {
  name: "stages",
  find: (subject) =>
    withEncoder(subject, (built) => {
      const stages = built.encoder.stages ?? [];
      if (stages.length === 0) return [];
      moveFromStart(built);
      const finders = [nameProblem, mapProblem, tensorProblem, inferenceProblem, featuresProblem];
      for (const find of finders) {
        const problem = find(subject, built, stages);
        if (problem !== undefined) return [problem];
      }
      return [];
    }),
};

type Finder = (
  subject: EncoderSubject,
  built: BuiltEncoder,
  stages: readonly EncoderStage[],
) => string | undefined;

const nameProblem: Finder = ({ encoder }, _, stages) => {
  const names = stages.map(({ name }) => name);
  const taken = names.find((name, i) => name === FEATURES || names.indexOf(name) < i);
  return taken === undefined ? undefined : say.stageNameTaken(encoder.name, taken, FEATURES);
};

/** The maps that leave the stages, in their order; the caller owns them. */
export function mapsOf(
  stages: readonly EncoderStage[],
  images: tf.Tensor4D,
  mode: Mode,
): readonly tf.Tensor4D[] {
  let map = images;
  return stages.map(({ forward }) => (map = forward(map, mode)));
}

const mapProblem: Finder = ({ encoder, imageSize, viewSizes, batchSizes }, _, stages) => {
  for (const size of [imageSize, ...viewSizes]) {
    for (const count of batchSizes) {
      for (const mode of ["training", "inference"] as const) {
        const problem = problemOfPass(encoder.name, stages, { count, size, channels: 3, mode });
        if (problem !== undefined) return problem;
      }
    }
  }
  return undefined;
};

function problemOfPass(encoder: string, stages: readonly EncoderStage[], pass: say.Pass): string | undefined {
  const { values, shape } = imagesOf("images", pass);
  const { height, width } = sizeOfView(pass.size);
  return tf.tidy(() => {
    let map = tf.tensor4d(values, shape);
    for (const stage of stages) {
      try {
        map = stage.forward(map, pass.mode === "training" ? training : inference);
      } catch (error) {
        return say.stageFailed(withName(error, encoder), stage.name, pass);
      }
      const sides = [height, width].map((side) => sideOfMap(stage, side));
      const wanted = [pass.count, ...sides, stage.channels];
      if (map.dtype !== "float32" || map.shape.join() !== wanted.join()) {
        return say.stageMapMisshapen(encoder, stage, pass, { wanted, got: map });
      }
      if (!map.dataSync().every(Number.isFinite)) return say.stageMapNotFinite(encoder, stage.name, pass);
    }
    return undefined;
  });
}

/** Finds a stage that leaves tensors behind, or frees the map that it is given. */
const tensorProblem: Finder = (subject) => {
  const built = build(subject);
  const { name } = subject.encoder;
  let maker = "";
  const watch = watchTensors(() => maker);
  try {
    const { values, shape } = imagesOf("images", { count: 2, size: subject.imageSize });
    const freeing = tf.tidy(() => {
      let map = tf.tensor4d(values, shape);
      for (const stage of built.encoder.stages!) {
        const given = map;
        maker = stage.name;
        map = stage.forward(map, inference);
        if (given.isDisposed) return stage.name;
      }
      return "";
    });
    if (freeing !== "") return say.mapFreed(name, freeing);
    built.store.dispose(); // what stays is nobody's
    const [left] = [...watch.living()].filter(({ label }) => label !== "");
    return left && say.tensorLeftByStage(name, left.label, left.tensor);
  } finally {
    watch.stop();
    built.store.dispose();
  }
};

/** Finds a stage that in mode inference writes values, or whose map is not made of the image alone. */
const inferenceProblem: Finder = ({ encoder: { name }, imageSize }, { store }, stages) => {
  const images = imagesOf("images", { count: COUNT, size: imageSize });
  const written = writtenIn(store, () => mapValues(stages, images));
  if (written.length > 0) return say.valuesMovedByStages(name, written);
  const [all, again] = [mapValues(stages, images), mapValues(stages, images)];
  for (const [i, stage] of stages.entries()) {
    if (!same(all[i]!, again[i]!)) return say.mapVaries(name, stage.name);
    const alone = mapValues(stages, imagesFrom(images, { first: 0, count: 1 }))[i]!;
    const error = relativeError(alone, all[i]!.subarray(0, alone.length));
    if (error > TOLERANCE) return say.mapNotAlone(name, stage.name, error);
  }
  return undefined;
};

const mapValues = (stages: readonly EncoderStage[], { values, shape }: Images): readonly Float32Array[] =>
  tf.tidy(() =>
    mapsOf(stages, tf.tensor4d(values, shape), inference).map((map) => map.dataSync<"float32">().slice()),
  );

/** Finds values that the last map is made of, and the features are not: they are not made of this map. */
const featuresProblem: Finder = ({ encoder: { name }, imageSize }, { encoder, store }, stages) => {
  const images = imagesOf("images", { count: 1, size: imageSize });
  const ofFeatures = reachedBy(store, images, (x) => encoder.forward(x, inference));
  const ofMap = reachedBy(store, images, (x) => mapsOf(stages, x, inference).at(-1)!);
  const beside = ofMap.filter((each) => !ofFeatures.includes(each));
  return beside.length === 0 ? undefined : say.featuresOfOtherMap(name, stages.at(-1)!.name, beside);
};

/** The names of trained values that a result of images is made of: there is a way to them for a gradient. */
function reachedBy(
  store: StateStore,
  { values, shape }: Images,
  resultOf: (images: tf.Tensor4D) => tf.Tensor,
): readonly string[] {
  const trained = store.trained();
  const { value, grads } = tf.engine().gradients(
    () => tf.sum(resultOf(tf.tensor4d(values, shape))),
    trained.map(({ variable }) => variable),
    undefined,
    true,
  ) as { value: tf.Tensor; grads: (tf.Tensor | null | undefined)[] };
  tf.dispose([value, grads.filter((each) => each != null)]);
  return trained.flatMap(({ name }, i) => (grads[i] == null ? [] : [name]));
}
