import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { createStateStore } from "../state/store.ts";
import { assertClose, fill, numbersOf, refusedWith, tensorsLeft } from "../testing/index.ts";
import type { Encoder } from "./encoder.ts";
import { layersModelEncoder } from "./layers-model.ts";
import { createScope } from "../state/scope.ts";

/** A residual network with batch norm, a strided 1x1 convolution and a model within the model. */
function residualModel(size: number | null = null): tf.LayersModel {
  const { conv2d, batchNormalization, add, globalAveragePooling2d, dense } = tf.layers;
  const input = tf.input({ shape: [size, size, 3] });
  const stem = conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu" }).apply(input);
  const block = tf.sequential({
    layers: [
      conv2d({
        inputShape: [size, size, 4],
        filters: 6,
        kernelSize: 3,
        strides: 2,
        padding: "same",
        useBias: false,
      }),
      batchNormalization({ momentum: 0.9 }),
    ],
  });
  const shortcut = conv2d({ filters: 6, kernelSize: 1, strides: 2, padding: "same", name: "shortcut" });
  const sum = add().apply([
    block.apply(stem) as tf.SymbolicTensor,
    shortcut.apply(stem) as tf.SymbolicTensor,
  ]);
  const pooled = globalAveragePooling2d({}).apply(sum);
  const output = dense({ units: 5 }).apply(pooled) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: output });
}

const mapModel = () =>
  tf.sequential({ layers: [tf.layers.conv2d({ inputShape: [null, null, 3], filters: 7, kernelSize: 3 })] });

const images = (size = 8, count = 4) =>
  tf.tensor4d(fill("images", count * size * size * 3, 1), [count, size, size, 3]);

function built(model: tf.LayersModel | (() => tf.LayersModel), { seed = 0, trained = true } = {}) {
  const store = createStateStore();
  const encoder: Encoder = layersModelEncoder({ name: "mine", model }).build(
    createScope(store, seed, "", trained),
    {},
    { imageSize: 32, channels: 3 },
  );
  return { store, encoder };
}
const training = { training: true, batchNormGroups: 1 } as const;
const frozen = { training: false, batchNormGroups: 1 } as const;

beforeAll(() => startEngine({ device: "cpu" }));

describe("layersModelEncoder", () => {
  it("computes what the model computes, in training and frozen, at any size it takes", () => {
    const model = residualModel();
    const { encoder } = built(model);
    expect(encoder.featureDim).toBe(5);
    for (const size of [8, 13]) {
      const x = images(size);
      assertClose(encoder.forward(x, frozen), numbersOf(model.predict(x) as tf.Tensor), 1e-6, "frozen");
      const y = model.apply(x, { training: true }) as tf.Tensor;
      assertClose(encoder.forward(x, training), numbersOf(y), 1e-6, "training");
    }
  });

  it("gives the gradients that the model's own weights get", () => {
    const model = residualModel();
    const { encoder, store } = built(model);
    const x = images();
    const own = tf.variableGrads(
      () => tf.sum(tf.square(model.apply(x, { training: true }) as tf.Tensor)),
      model.trainableWeights.map((weight) => weight.read() as tf.Variable),
    );
    const ours = tf.variableGrads(
      () => tf.sum(tf.square(encoder.forward(x, training))),
      store.trained().map(({ variable }) => variable),
    );
    const wanted = Object.values(own.grads);
    const found = store.trained().map(({ variable }) => ours.grads[variable.name]!);
    expect(found.map(({ shape }) => shape)).toEqual(model.trainableWeights.map(({ shape }) => shape));
    for (const [i, gradient] of found.entries())
      assertClose(gradient, numbersOf(wanted[i]!), 1e-5, String(i));
  });

  it("keeps the weights in the run, by their place in the model", () => {
    const { store } = built(residualModel());
    expect(store.entries().map(({ name, role, trained }) => `${name} ${role} ${trained}`)).toEqual([
      "layers.1.kernel weight true",
      "layers.1.bias vector true",
      "layers.2.layers.0.kernel weight true",
      "layers.2.layers.1.gamma vector true",
      "layers.2.layers.1.beta vector true",
      "layers.2.layers.1.moving_mean buffer false",
      "layers.2.layers.1.moving_variance buffer false",
      "layers.3.kernel weight true",
      "layers.3.bias vector true",
      "layers.6.kernel weight true",
      "layers.6.bias vector true",
    ]);
  });

  it("moves batch norm's running statistics in training alone, and never the model's own", () => {
    const model = residualModel();
    const ownBefore = model.getWeights().map((weight) => Array.from(numbersOf(weight)));
    const { encoder, store } = built(model);
    const mean = () => Array.from(numbersOf(store.get("layers.2.layers.1.moving_mean").variable));
    encoder.forward(images(), frozen);
    expect(mean()).toEqual([0, 0, 0, 0, 0, 0]);
    encoder.forward(images(), training);
    expect(mean()).not.toContain(0);
    expect(model.getWeights().map((weight) => Array.from(numbersOf(weight)))).toEqual(ownBefore);
    store.dispose();
    expect(model.getWeights().every((weight) => !weight.isDisposed)).toBe(true);
  });

  it("normalizes each group of the batch apart", () => {
    const { encoder } = built(residualModel());
    const x = images();
    const [first, second] = tf.split<tf.Tensor4D>(x, 2);
    const apart = tf.concat([encoder.forward(first!, training), encoder.forward(second!, training)]);
    assertClose(encoder.forward(x, { training: true, batchNormGroups: 2 }), numbersOf(apart), 1e-6, "groups");
  });

  it("averages feature maps over height and width", () => {
    const model = mapModel();
    const { encoder } = built(model);
    expect(encoder.featureDim).toBe(7);
    const x = images();
    const want = tf.mean(model.predict(x) as tf.Tensor4D, [1, 2]);
    assertClose(encoder.forward(x, training), numbersOf(want), 1e-6, "features");
  });

  it("draws the weights of a function's model from the run's seed and the layer's place", () => {
    const values = (seed: number) => {
      const { store } = built(() => residualModel(), { seed });
      return store.entries().map(({ variable }) => Array.from(numbersOf(variable)));
    };
    const first = values(0);
    expect(values(0)).toEqual(first);
    expect(values(1)[0]).not.toEqual(first[0]);
    const twins = built(() => {
      const { conv2d } = tf.layers;
      const twin = () => conv2d({ filters: 3, kernelSize: 3, padding: "same" });
      return tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [8, 8, 3] }), twin(), twin()] });
    });
    const [a, b] = twins.store.entries().filter(({ name }) => name.endsWith("kernel"));
    expect(numbersOf(a!.variable)).not.toEqual(numbersOf(b!.variable));
  });

  it("trains no layer that is not trainable", () => {
    const model = mapModel();
    model.layers[0]!.trainable = false;
    const { store } = built(model);
    expect(store.trained()).toEqual([]);
    expect(store.entries().map(({ name }) => name)).toEqual(["layers.0.kernel", "layers.0.bias"]);
  });

  it("leaves no tensors: of building, of a pass", () => {
    expect(tensorsLeft(() => built(() => residualModel()).store.dispose())).toBe(0);
    const { encoder } = built(residualModel());
    const x = images();
    encoder.forward(x, training).dispose();
    expect(tensorsLeft(() => tf.tidy(() => void encoder.forward(x, training)))).toBe(0);
  });

  it("says what a model must be", async () => {
    const { conv2d, dense, dropout, flatten } = tf.layers;
    const sequential = (...layers: tf.layers.Layer[]) => tf.sequential({ layers });
    const first = { inputShape: [8, 8, 3], filters: 2, kernelSize: 3 };
    const refused = (model: tf.LayersModel) => refusedWith(() => built(model));

    expect(await refused(sequential(dense({ inputShape: [12], units: 2 })))).toEqual({
      code: "INVALID_CONFIG",
      data: { encoder: "mine", inputs: [[null, 12]], outputs: [[null, 2]] },
    });
    expect(
      await refused(sequential(conv2d({ ...first, name: "a" }), dropout({ rate: 0.5, name: "drop" }))),
    ).toEqual({
      code: "INVALID_CONFIG",
      data: { encoder: "mine", layer: "drop", className: "Dropout" },
    });
    expect(await refused(sequential(conv2d({ ...first, name: "b", kernelRegularizer: "l1l2" })))).toEqual({
      code: "INVALID_CONFIG",
      data: { encoder: "mine", layer: "b", className: "Conv2D", option: "kernelRegularizer" },
    });
    expect(await refused(sequential(conv2d({ ...first, name: "c", kernelConstraint: "nonNeg" })))).toEqual({
      code: "INVALID_CONFIG",
      data: { encoder: "mine", layer: "c", className: "Conv2D", option: "kernelConstraint" },
    });
    const fixed = sequential(conv2d(first), flatten(), dense({ units: 2 }));
    expect(await refusedWith(() => built(fixed).encoder.forward(images(6), training))).toEqual({
      code: "INVALID_CONFIG",
      data: { encoder: "mine", size: [8, 8], view: [6, 6] },
    });
  });
});
