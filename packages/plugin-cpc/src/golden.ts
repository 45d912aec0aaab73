import { type GoldenCase, type GoldenSteps, readGolden } from "@tssl/core/testing";

import { cpc } from "./cpc.ts";

const golden = readGolden<GoldenSteps>(new URL("../fixtures/cpc-steps.json", import.meta.url));

/**
 * Ten whole steps of CPC v2 in PyTorch, by `fixtures/make_cpc_steps.py`.
 *
 * The gradients of predictors are differences of encodings that are nearly alike: PyTorch's own in float32
 * are 1e-4 off.
 */
export const goldenCases: readonly GoldenCase[] = [
  {
    name: "cpc-steps",
    plugins: [{ use: cpc, ...golden.settings.plugin }],
    golden,
    inputs: () => ({ firstGradients: 1e-3 }),
  },
];
