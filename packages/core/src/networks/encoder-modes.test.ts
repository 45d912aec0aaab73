import { createProgram, type EngineMode, startEngine } from "@tssl/engine";
import { assertClose, compiledModes, fill } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, it } from "vitest";

import { createScope, type Scope } from "../state/scope.ts";
import { createStateStore } from "../state/store.ts";
import { convnext } from "./convnext.ts";
import type { Encoder } from "./encoder.ts";
import { vit, type VitOptions } from "./vit.ts";

const SIZE = 16;
const images = { imageSize: SIZE, channels: 3 };
const options: VitOptions = {
  ...{ patchSize: 4, heads: 2, pool: "mean" },
  ...{ positions: "learned", fixedPatches: false },
};
const encoders: readonly (readonly [string, number, (scope: Scope) => Encoder])[] = [
  ["a ViT", 16, (scope) => vit("vit", { dim: 8, depth: 1, heads: 2 }).build(scope, options, images)],
  [
    "a ViT on views of another size",
    10,
    (scope) => vit("vit", { dim: 8, depth: 1, heads: 2 }).build(scope, { ...options, pool: "class" }, images),
  ],
  ["a ConvNeXt", 16, (scope) => convnext("net", { depths: [1, 1], dims: [4, 6] }).build(scope, {}, images)],
];

/** The loss of a step and the gradients of all parameters in a row. */
async function stepOf(build: (scope: Scope) => Encoder, size: number, mode: EngineMode) {
  const store = createStateStore();
  const { forward } = build(createScope(store, 1, "", true));
  for (const { name, variable } of store.entries()) {
    // ConvNeXt starts with blocks that do next to nothing.
    if (name.endsWith("gamma")) tf.tidy(() => variable.assign(tf.fill(variable.shape, 0.5)));
  }
  const trained = store.trained().map(({ variable }) => variable);
  const program = createProgram({ state: store.variables(), mode });
  const step = program.compile("step", ({ x }) => {
    const features = () => forward(x as tf.Tensor4D, { training: true, batchNormGroups: 1 });
    const { value, grads } = tf.variableGrads(
      () => tf.sum(tf.square(tf.add(features(), 1))).asScalar(),
      trained,
    );
    return { loss: value, gradients: tf.concat(trained.map(({ name }) => tf.reshape(grads[name]!, [-1]))) };
  });
  const x = { values: fill("x", 2 * size * size * 3, 1), shape: [2, size, size, 3] };
  const { loss, gradients } = await step.run({ x });
  await program.dispose();
  store.dispose();
  return { loss: loss!.values, gradients: gradients!.values };
}

beforeAll(() => startEngine({ device: "cpu" }));
const MODES = await compiledModes();

describe.each(encoders)("%s", (_, size, build) => {
  it.each(MODES)("takes in mode %s the step that it takes eagerly", { timeout: 300_000 }, async (mode) => {
    const want = await stepOf(build, size, "eager");
    const got = await stepOf(build, size, mode);
    assertClose(got.loss, Array.from(want.loss), 1e-5, "loss");
    assertClose(got.gradients, Array.from(want.gradients), 1e-4, "gradients");
  });
});
