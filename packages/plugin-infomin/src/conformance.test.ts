import { testPlugin } from "@tssl/core/testing";
import { describe } from "vitest";

import { infomin } from "./infomin.ts";
import { pirl } from "./pirl.ts";

await testPlugin(infomin, {
  options: { queueSize: 16, dim: 8, batchNormGroups: 2, shuffleBatchNorm: true, inBatchNegatives: true },
  stopGradients: ["key"],
  batchSizes: [6, 10],
});
await testPlugin(pirl, { options: { dim: 8, negatives: 6 } });

describe("other options", { tags: "long" }, async () => {
  await testPlugin(infomin, {
    options: { queueSize: 16, dim: 8, head: "linear", jigsawShare: 0.25 },
    stopGradients: ["key"],
  });
  await testPlugin(pirl, { options: { dim: 8, negatives: null, keep: 0 } });
});
