import { testPlugin } from "@tssl/core/testing";
import { describe } from "vitest";

import { pcl, pclV1 } from "./pcl.ts";

const small = { queueSize: 16, dim: 8, warmupEpochs: 1, clusters: [20, 24], iterations: 3, redo: 2 };
const stopGradients = ["key"];

await testPlugin(pcl, {
  options: { ...small, negatives: 4, batchNormGroups: 2, shuffleBatchNorm: true },
  stopGradients,
  batchSizes: [6, 10],
});

describe("PCL v1, with all prototypes", { tags: "long" }, async () => {
  await testPlugin(pclV1, { options: { ...small, clusters: [5], negatives: null }, stopGradients });
});
