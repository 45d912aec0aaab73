import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { defineEncoder, type Scope } from "@tssl/core";
import { conv2d, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, expect, it } from "vitest";

import { encoderToExport, proofImages } from "./encoder-to-export.test.data.ts";
import { exportEncoder } from "./export-encoder.ts";

let folder: string;
beforeAll(async () => {
  await startEngine({ device: "cpu" });
  folder = mkdtempSync(path.join(tmpdir(), "tssl-own-encoder-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = { type: "object", properties: {}, required: [], additionalProperties: false } as const;
const SIZE = 13; // odd, so that "same" pads one side more
const images = proofImages(3, SIZE);

/** An encoder with these features of 4 channels of an image, after a convolution with a bias. */
const encoderWith = (featureDim: number, forward: (x: tf.Tensor4D, scope: Scope) => tf.Tensor2D) =>
  defineEncoder({
    name: "own",
    options,
    build(scope) {
      const normal = { kind: "normal", deviation: 0.4 } as const;
      const filter = scope.parameter("filter", [3, 3, 3, 4], normal, "weight") as unknown as tf.Tensor4D;
      const bias = scope.parameter("offset", [4], normal, "vector") as unknown as tf.Tensor1D;
      return {
        featureDim,
        forward: (x) => forward(tf.add<tf.Tensor4D>(tf.conv2d(x, filter, 2, "same"), bias), scope),
      };
    },
  });

const mean = (x: tf.Tensor4D): tf.Tensor2D => tf.mean(x, [1, 2]);

/** [N, 7, 7, 4] as [N, 49, 4]. */
const tokens = (x: tf.Tensor4D): tf.Tensor3D => tf.reshape(x, [x.shape[0], 49, 4]);

it.each<[string, number, (x: tf.Tensor4D) => tf.Tensor2D]>([
  ["activations", 4, (x) => mean(tf.add(tf.sigmoid(tf.relu6(x)), tf.mul(tf.tanh(x), tf.leakyRelu(x, 0.1))))],
  ["more activations", 4, (x) => mean(tf.sub(tf.elu(x), tf.mul(tf.softplus(x), tf.erf(tf.abs(x)))))],
  ["pooling", 4, (x) => mean(tf.add(tf.avgPool(x, 3, 2, "same"), tf.maxPool(x, 3, 2, "same")))],
  ["a maximum over pixels", 4, (x) => tf.max(x, [1, 2])],
  ["a sum over pixels", 4, (x) => tf.sum(tf.square(x), [1, 2])],
  [
    "attention",
    4,
    (x) => {
      const t = tokens(x);
      const weights = tf.softmax(tf.matMul(t, t, false, true));
      return tf.mean(tf.matMul(weights, t), 1);
    },
  ],
  [
    "layer norm",
    4,
    (x) => {
      const t = tokens(x);
      const { mean: center, variance } = tf.moments(t, 2, true);
      return tf.max(tf.mul(tf.sub(t, center), tf.rsqrt(tf.add(variance, 1e-6))), 1);
    },
  ],
  ["joined and cut", 6, (x) => tf.slice(mean(tf.concat([x, tf.neg(x)], 3)), [0, 1], [-1, 6])],
  [
    "zeros around",
    4,
    (x) =>
      mean(
        tf.pad(x, [
          [0, 0],
          [1, 2],
          [0, 1],
          [0, 0],
        ]),
      ),
  ],
  ["transposed", 7, (x) => tf.mean(tf.transpose(x, [0, 3, 1, 2]), [1, 3])],
  [
    "a map for each pixel",
    4,
    (x) =>
      mean(
        tf.mul(
          x,
          tf.tensor3d(
            Array.from({ length: 196 }, (_, i) => i / 196),
            [7, 7, 4],
          ),
        ),
      ),
  ],
  [
    "patches that are passed on together, as CPC's",
    4,
    (x) => {
      const corners = [0, 2, 4].flatMap((top) => [0, 2, 4].map((left) => [0, top, left, 0] as const));
      const patches = corners.map((corner) => tf.slice4d(x, [...corner], [-1, 3, 3, -1]));
      return tf.mean(tf.reshape(mean(tf.square(tf.concat(patches, 0))), [9, -1, 4]), 0);
    },
  ],
  ["a map for each row", 4, (x) => tf.mean(tf.reshape(x, [-1, 49, 4]), 1)],
])("an encoder with %s is exported", async (name, dim, forward) => {
  const encoder = encoderToExport(encoderWith(dim, forward), {}, SIZE);
  const proven = await exportEncoder(encoder, {
    ...{ to: ["safetensors", "onnx", "tfjs"], out: path.join(folder, name), images },
    ...{ foldBatchNorm: false, float16: false, card: () => "" },
  });
  for (const { difference } of proven) expect(difference).toBeLessThan(1e-6);
});

it("convolutions in groups are exported, to TensorFlow.js as one for each group", async () => {
  const inGroups = defineEncoder({
    name: "own",
    options,
    build(scope) {
      const shape = [3, 3, 1, 6];
      const filter = scope.parameter("filter", shape, { kind: "normal", deviation: 0.4 }, "weight");
      const forward = (x: tf.Tensor4D) => mean(conv2d(x, filter as unknown as tf.Tensor4D, { padding: 1 }));
      return { featureDim: 6, forward };
    },
  });
  const proven = await exportEncoder(encoderToExport(inGroups, {}, SIZE), {
    ...{ to: ["onnx", "tfjs"], out: path.join(folder, "groups"), images },
    ...{ foldBatchNorm: false, float16: false, card: () => "" },
  });
  for (const { difference } of proven) expect(difference).toBeLessThan(1e-6);
  const model = JSON.parse(readFileSync(path.join(folder, "groups/tfjs/model.json"), "utf8")) as {
    readonly modelTopology: { readonly node: readonly { readonly op: string }[] };
  };
  const ops = model.modelTopology.node.map(({ op }) => op);
  expect(ops.filter((op) => op === "Conv2D")).toHaveLength(3);
});

it.each<[string, RegExp, (x: tf.Tensor4D) => tf.Tensor2D]>([
  [
    "an op that ONNX is not written with",
    /^onnx: the encoder uses TensorFlow's op Cumsum, for which/,
    (x) => mean(tf.cumsum<tf.Tensor4D>(x, 1)),
  ],
  [
    "a constant for each image",
    /^The encoder makes a constant that depends on the size of a batch/,
    (x) =>
      mean(
        tf.mul(
          x,
          tf.tensor4d(
            Array.from({ length: x.shape[0] }, (_, i) => i + 1),
            [x.shape[0], 1, 1, 1],
          ),
        ),
      ),
  ],
])("an encoder with %s is refused, and nothing is left", async (_, sentence, forward) => {
  const encoder = encoderToExport(encoderWith(4, forward), {}, SIZE);
  const out = path.join(folder, "refused");
  const request = {
    out,
    images,
    foldBatchNorm: false,
    float16: false,
    card: () => "",
    to: ["onnx"] as const,
  };
  await expect(exportEncoder(encoder, request)).rejects.toThrow(sentence);
  expect(readdirSync(folder).filter((name) => name.startsWith("refused"))).toEqual([]);
});
