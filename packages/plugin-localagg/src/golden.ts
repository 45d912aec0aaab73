import {
  goldenBank,
  type GoldenBankSteps,
  type GoldenCase,
  readGolden,
  startingFromRows,
} from "@tssl/core/testing";

import { localagg } from "./localagg.ts";

const golden = readGolden<GoldenBankSteps>(new URL("../fixtures/localagg-steps.json", import.meta.url));

/**
 * Whole steps of LocalAgg in PyTorch, through the warm-up and two clusterings of the bank, by
 * `fixtures/make_localagg_steps.py`.
 */
export const goldenCases: readonly GoldenCase[] = [
  {
    name: "localagg-steps",
    plugins: [{ use: startingFromRows(localagg, 3), ...golden.settings.plugin }],
    golden,
    inputs: () => goldenBank(golden, "localagg"),
  },
];
