import { definePlugin } from "@tssl/core";
import { fill, type GoldenBankSteps, type GoldenCase, goldenIndices, readGolden } from "@tssl/core/testing";
import * as tf from "@tensorflow/tfjs";

import { instdisc } from "./instdisc.ts";
import type { InstdiscOptions } from "./options.ts";

/** The plugin, whose drawn ids are those of the reference's formula. */
const withFormula = definePlugin<InstdiscOptions>({
  ...instdisc,
  setup(build, options) {
    const { microBatchSize: batch, datasetSize: rows } = build.facts;
    const { negatives } = options;
    const formula = build.input<tf.Tensor2D>({
      name: "formula",
      shape: [batch, negatives],
      valueAt: ({ step }) =>
        Int32Array.from({ length: batch * negatives }, (_, i) => {
          const [b, k] = [Math.floor(i / negatives), i % negatives];
          return (7 * b + 3 * k + 5 * step + b * k) % rows;
        }),
    });
    const random: typeof build.random = (name) => ({
      ...build.random(name),
      integers: (context, shape) =>
        (shape.length === 2 ? context.input(formula) : tf.zeros(shape, "int32")) as never,
    });
    return instdisc.setup({ ...build, random }, options);
  },
});

/** Ten whole steps of InstDisc in PyTorch with either loss, by `fixtures/make_instdisc_steps.py`. */
export const goldenCases: readonly GoldenCase[] = ["instdisc-softmax-steps", "instdisc-nce-steps"].map(
  (name) => {
    const golden = readGolden<GoldenBankSteps>(new URL(`../fixtures/${name}.json`, import.meta.url));
    const [rows, dim] = golden.buffers["instdisc.bank.rows"]!;
    return {
      name,
      plugins: [{ use: withFormula, ...golden.settings.plugin }],
      golden,
      inputs: () => ({
        initial: { "instdisc.bank.rows": fill("instdisc.bank", rows * dim, Math.sqrt(3 / dim)) },
        indices: goldenIndices(golden, rows),
      }),
    };
  },
);
