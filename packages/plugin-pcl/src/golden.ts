import { definePlugin, type Plugin } from "@tssl/core";
import {
  type GoldenCase,
  goldenIndices,
  type GoldenSteps,
  readGolden,
  startingFromRows,
} from "@tssl/core/testing";
import * as tf from "@tensorflow/tfjs";

import type { PclOptions } from "./options.ts";
import { pcl, pclV1 } from "./pcl.ts";

/** The plugin, whose negatives are those of the reference's formula. */
const withFormula = (plugin: Plugin<PclOptions>) =>
  definePlugin<PclOptions>({
    ...plugin,
    setup(build, options) {
      const keys = build.input<tf.Tensor1D>({
        name: "formula",
        shape: [29],
        valueAt: ({ step }) =>
          Float32Array.from({ length: 29 }, (_, j) => ((7 * j + 5 * step + 3) % 29) / 29),
      });
      const random: typeof build.random = (name) => ({
        ...build.random(name),
        uniform: (context, [count]) => tf.slice(context.input(keys), 0, count) as never,
      });
      return plugin.setup({ ...build, random }, options);
    },
  });

/**
 * Whole steps of PCL in PyTorch, through the warm-up and two expectation steps, by
 * `fixtures/make_pcl_steps.py`.
 */
export const goldenCases: readonly GoldenCase[] = [pcl, pclV1].map((plugin) => {
  const name = `${plugin.name}-steps`;
  const golden = readGolden<GoldenSteps>(new URL(`../fixtures/${name}.json`, import.meta.url));
  return {
    name,
    plugins: [{ use: startingFromRows(withFormula(plugin), 0), ...golden.settings.plugin }],
    golden,
    inputs: () => ({ indices: goldenIndices(golden, 32) }),
  };
});
