import { relu, withoutGradient } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { defineEncoder, type Encoder } from "../../networks/encoder.ts";
import { batchNorm, dense, type Mode } from "../../networks/layers.ts";
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

const withGradient = (factor: number) =>
  spoiled(() => {
    const scaled = tf.customGrad((x) => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: (dy) => tf.mul(dy, factor),
    }));
    return (features) => scaled(features);
  });
export const doubledGradient = withGradient(2);
export const reversedGradient = withGradient(-1);

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
