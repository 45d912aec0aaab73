import {
  type GoldenCase,
  goldenIndices,
  type GoldenSteps,
  readGolden,
  startingFromRows,
} from "@tssl/core/testing";

import { deepclusterV2 } from "./deepcluster.ts";

const golden = readGolden<GoldenSteps>(new URL("../fixtures/deepcluster-v2-steps.json", import.meta.url));

/**
 * Whole steps of DeepCluster-v2 in PyTorch, through three clusterings of the images, by
 * `fixtures/make_deepcluster_steps.py`.
 */
export const goldenCases: readonly GoldenCase[] = [
  {
    name: "deepcluster-v2-steps",
    plugins: [{ use: startingFromRows(deepclusterV2, 3), ...golden.settings.plugin }],
    golden,
    inputs: () => ({ indices: goldenIndices(golden, golden.settings.images!) }),
  },
];
