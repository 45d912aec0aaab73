import { definePlugin } from "@tssl/core";
import { goldenBank, type GoldenBankSteps, type GoldenCase, readGolden } from "@tssl/core/testing";

import { localagg } from "./localagg.ts";
import type { LocalaggOptions } from "./options.ts";

/** The plugin, whose clustering h starts from the rows 3 h, 3 h + 1, … of the bank. */
const withFormula = definePlugin<LocalaggOptions>({
  ...localagg,
  setup(build, options) {
    const run = localagg.setup(build, options);
    return {
      ...run,
      beforeEpoch(context) {
        let clustering = 0;
        const permutation = (n: number) => {
          const first = 3 * clustering++;
          return Int32Array.from({ length: n }, (_, i) => (i + first) % n);
        };
        return run.beforeEpoch!({ ...context, random: { ...context.random, permutation } });
      },
    };
  },
});

const golden = readGolden<GoldenBankSteps>(new URL("../fixtures/localagg-steps.json", import.meta.url));

/**
 * Whole steps of LocalAgg in PyTorch, through the warm-up and two clusterings of the bank, by
 * `fixtures/make_localagg_steps.py`.
 */
export const goldenCases: readonly GoldenCase[] = [
  {
    name: "localagg-steps",
    plugins: [{ use: withFormula, ...golden.settings.plugin }],
    golden,
    inputs: () => goldenBank(golden, "localagg"),
  },
];
