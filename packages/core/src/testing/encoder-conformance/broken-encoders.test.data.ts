import { globalAveragePool, relu, withoutGradient } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { defineEncoder, type Encoder, type EncoderStage } from "../../networks/encoder.ts";
import { batchNorm, convolution, dense, type Mode } from "../../networks/layers.ts";
import type { Scope } from "../../state/scope.ts";

const DIM = 4;
const noOptions = { type: "object", additionalProperties: false, required: [], properties: {} } as const;

const broken = (build: (scope: Scope) => Encoder) =>
  defineEncoder<object>({ name: "broken", options: noOptions, build });

const colours = (images: tf.Tensor4D) => tf.mean<tf.Tensor2D>(images, [1, 2]);

/** The mean colour of an image through a dense layer and batch norm, and then through what spoils it. */
const spoiled = (
  spoil: (scope: Scope) => (features: tf.Tensor2D, images: tf.Tensor4D, mode: Mode) => tf.Tensor,
  featureDim = DIM,
) =>
  broken((scope) => {
    const layer = dense(scope, "fc", { from: 3, to: DIM, bias: false });
    const norm = batchNorm<tf.Tensor2D>(scope, "norm", DIM);
    const spoiler = spoil(scope);
    return {
      featureDim,
      forward: (images, mode) =>
        spoiler(norm(layer(colours(images), mode), mode), images, mode) as tf.Tensor2D,
    };
  });

/** As it should be. */
export const whole = spoiled(() => (features) => features);

export const shortRows = spoiled(() => (features) => tf.slice(features, [0, 0], [-1, 3]));
export const wholeNumbers = spoiled(() => (features) => tf.cast(features, "int32"));
export const infinite = spoiled(() => (features) => tf.log(tf.zerosLike(features)));
export const batchOfOne = spoiled(() => (features) => tf.reshape(features, [1, DIM]));
export const squaresAlone = spoiled(() => (features, { shape: [, height, width] }) => {
  if (height !== width) throw new Error("The images must be squares.");
  return features;
});

export const variableInBuild = spoiled(() => {
  const scale = tf.variable(tf.ones([DIM]));
  return (features) => tf.mul(features, scale);
});
export const writesTrained = spoiled((scope) => {
  const mean = scope.parameter("mean", [DIM], { kind: "constant", value: 0 }, "vector");
  return (features) => {
    mean.assign(withoutGradient(() => tf.mean(features, 0)));
    return features;
  };
});

export const leakInBuild = spoiled(() => {
  tf.zeros([7]);
  return (features) => features;
});
export const leakInForward = spoiled(() => (features) => {
  tf.keep(tf.zeros([3]));
  return features;
});
export const freesImages = spoiled(() => (features, images) => {
  images.dispose();
  return features;
});

/** Counts its networks. */
export function countedNames() {
  let networks = 0;
  return spoiled((scope) => {
    const scale = scope.parameter(`scale${networks++}`, [DIM], { kind: "constant", value: 1 }, "vector");
    return (features) => tf.mul(features, scale);
  });
}
export const unseeded = spoiled((scope) => {
  const values = tf.randomNormal([DIM]);
  const scale = scope.parameter("scale", [DIM], { kind: "values", values }, "vector");
  values.dispose();
  return (features) => tf.mul(features, scale);
});
export const constantStart = broken((scope) => {
  const initial = { kind: "constant", value: 0.5 } as const;
  const layer = dense(scope, "fc", { from: 3, to: DIM, initial });
  return { featureDim: DIM, forward: (images, mode) => layer(colours(images), mode) };
});

export const batchMean = spoiled(() => (features) => tf.sub(features, tf.mean(features, 0, true)));
export const movesInInference = spoiled((scope) => {
  const mean = scope.buffer("mean", [DIM], { kind: "constant", value: 0 });
  return (features) => {
    mean.assign(withoutGradient(() => tf.mean(features, 0)));
    return features;
  };
});
export const noise = spoiled(() => (features) => tf.add(features, tf.randomNormal(features.shape)));

export const oneGroup = broken((scope) => {
  const layer = dense(scope, "fc", { from: 3, to: DIM });
  const norm = batchNorm<tf.Tensor2D>(scope, "norm", DIM);
  return {
    featureDim: DIM,
    forward: (images, mode) => norm(layer(colours(images), mode), { ...mode, batchNormGroups: 1 }),
  };
});

export const unusedValues = spoiled((scope) => {
  dense(scope, "spare", { from: 3, to: DIM });
  return (features) => features;
});
export const dead = spoiled(() => (features) => relu(tf.sub(tf.neg(tf.square(features)), 1)));
export const rootOfZero = spoiled(() => (features) => tf.add(features, tf.sqrt(tf.mul(features, 0))));

/** @param factorOf of the gradient, by its number in this network. */
const withGradient = (factorOf: (pass: number) => number) =>
  spoiled(() => {
    let passes = 0;
    const scaled = tf.customGrad((x) => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: (dy) => tf.mul(dy, factorOf(passes++)),
    }));
    return (features) => scaled(features);
  });
export const doubledGradient = withGradient(() => 2);
export const reversedGradient = withGradient(() => -1);
/** What rounding does at the kink of a relu: the gradient of one pass is another when it is recorded. */
export const kinkInOnePass = withGradient((pass) => (pass === 1 ? 1.5 : 1));
/** JavaScript knows the first pass, which alone is recorded. */
export const otherGradientLater = withGradient((pass) => (pass === 0 ? 1 : 1.01));

export const readsValue = spoiled(
  () => (features) => tf.mul(features, features.dataSync()[0]! > 1000 ? 2 : 1),
);
export const drawsInJavaScript = spoiled(() => (features) => tf.mul(features, 1 + Math.random()));

/** Counts its passes. */
export const countsPasses = spoiled(() => {
  let passes = 0;
  return (features) => tf.mul(features, 1 + passes++);
});

export const hiddenValue = spoiled((scope) => {
  const hidden = scope.seed("hidden") / 2 ** 31;
  return (features) => tf.mul(features, 1 + hidden);
});

/** Two convolutions, each a stage; the last one is replaced in part by what spoils it. */
const staged = (spoil: (last: EncoderStage, scope: Scope) => Partial<EncoderStage>) =>
  broken((scope) => {
    const [one, two] = [
      convolution(scope, "conv1", { from: 3, to: DIM, size: 3, stride: 2 }),
      convolution(scope, "conv2", { from: DIM, to: DIM, size: 3, stride: 2 }),
    ];
    const norm = batchNorm<tf.Tensor4D>(scope, "bn", DIM);
    const first: EncoderStage = {
      name: "one",
      channels: DIM,
      stride: 2,
      forward: (x, mode) => relu(one(x, mode)),
    };
    const last: EncoderStage = {
      ...{ name: "two", channels: DIM, stride: 4 },
      forward: (x, mode) => norm(two(x, mode), mode),
    };
    return {
      featureDim: DIM,
      stages: [first, { ...last, ...spoil(last, scope) }],
      forward: (images, mode) => globalAveragePool(last.forward(first.forward(images, mode), mode)),
    };
  });

/** What becomes of the last map. */
const mapped = (change: (map: tf.Tensor4D, given: tf.Tensor4D, mode: Mode) => tf.Tensor) =>
  staged(({ forward }) => ({
    forward: (x, mode) => change(forward(x, mode), x, mode) as tf.Tensor4D,
  }));

/** As it should be. */
export const wholeStages = staged(() => ({}));

export const sameStageName = staged(() => ({ name: "one" }));
export const stageNamedFeatures = staged(() => ({ name: "features" }));
export const otherStride = staged(() => ({ stride: 2 }));
export const otherRounding = staged(() => ({ rounding: "down" }));
export const otherChannels = staged(() => ({ channels: 8 }));
export const flatMap = mapped((map) => tf.reshape(map, [map.shape[0], -1]));
export const infiniteMap = mapped((map) => tf.log(tf.zerosLike(map)));
/** Takes the images once more, and not the map of the stage before. */
export const stageOfImages = staged((_, scope) => ({
  forward: convolution(scope, "again", { from: 3, to: DIM, size: 3, stride: 4 }),
}));
export const freesMap = mapped((map, given) => {
  given.dispose();
  return map;
});
export const leakInStage = mapped((map) => {
  tf.keep(tf.zeros([3]));
  return map;
});
export const stageMovesValues = staged(({ forward }, scope) => {
  const mean = scope.buffer("mean", [DIM], { kind: "constant", value: 0 });
  return {
    forward: (x, mode) => {
      const map = forward(x, mode);
      mean.assign(withoutGradient(() => tf.mean(map, [0, 1, 2])));
      return map;
    },
  };
});
export const noisyMap = mapped((map) => tf.add(map, tf.randomNormal(map.shape)));
export const mapOfBatch = mapped((map) => tf.sub(map, tf.mean(map, 0, true)));
export const mapBeside = staged(({ forward }, scope) => {
  const aside = convolution(scope, "aside", { from: DIM, to: DIM, size: 3, stride: 2 });
  return { forward: (x, mode) => tf.add(forward(x, mode), aside(x, mode)) };
});
/** Counts its passes. */
export const countsMaps = staged(({ forward }) => {
  let passes = 0;
  return { forward: (x, mode) => tf.mul(forward(x, mode), 1 + passes++) };
});
