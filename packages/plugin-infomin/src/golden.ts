import { definePlugin, type Plugin } from "@tssl/core";
import {
  goldenBank,
  type GoldenBankSteps,
  type GoldenCase,
  type GoldenSteps,
  readGolden,
} from "@tssl/core/testing";
import * as tf from "@tensorflow/tfjs";

import { infomin } from "./infomin.ts";
import { pirl } from "./pirl.ts";

/** The plugin, whose orders of patches and drawn rows are those of the reference's formulas. */
const withFormulas = <Options extends object>(plugin: Plugin<Options>) =>
  definePlugin<Options>({
    ...plugin,
    setup(build, options) {
      const batch = build.facts.microBatchSize;
      const table = (name: string, columns: number, at: (b: number, k: number, step: number) => number) =>
        build.input<tf.Tensor2D>({
          name,
          shape: [batch, columns],
          valueAt: ({ step }) =>
            Int32Array.from({ length: batch * columns }, (_, i) =>
              at(Math.floor(i / columns), i % columns, step),
            ),
        });
      const keys = table("keys by formula", 9, (b, j, step) => (7 * j + 5 * step + 3 * b) % 29);
      const ids = table("ids by formula", 6, (b, k, step) => (7 * b + 3 * k + 5 * step + b * k) % 16);
      const random: typeof build.random = (name) => ({
        ...build.random(name),
        uniform: (context) => tf.cast(context.input(keys), "float32") as never,
        integers: (context, shape) =>
          (shape.length === 2 ? context.input(ids) : tf.zeros(shape, "int32")) as never,
      });
      return plugin.setup({ ...build, random }, options);
    },
  });

const infominSteps = readGolden<GoldenSteps>(new URL("../fixtures/infomin-steps.json", import.meta.url));
const pirlSteps = readGolden<GoldenBankSteps>(new URL("../fixtures/pirl-steps.json", import.meta.url));

/** Ten whole steps of each method in PyTorch, by `fixtures/make_infomin_steps.py`. */
export const goldenCases: readonly GoldenCase[] = [
  {
    name: "infomin-steps",
    plugins: [{ use: withFormulas(infomin), ...infominSteps.settings.plugin }],
    golden: infominSteps,
  },
  {
    name: "pirl-steps",
    plugins: [{ use: withFormulas(pirl), ...pirlSteps.settings.plugin }],
    golden: pirlSteps,
    inputs: () => goldenBank(pirlSteps, "pirl"),
  },
];
