import { testPlugin } from "@tssl/core/testing";
import { describe } from "vitest";

import { swav } from "./swav.ts";

const small = { dim: 8, hidden: 12, prototypes: 6, smallCrops: 2, smallSize: 8 };
// Batch norm in the head makes large gradients of small differences.
const learningRate = 1e-5;

await testPlugin(swav, {
  options: { ...small, queueSize: 16, queueFromEpoch: 0, freezePrototypesEpochs: 0.25 },
  learningRate,
});

describe("without a queue", { tags: "long" }, async () => {
  await testPlugin(swav, { options: { ...small, freezePrototypesEpochs: 0 }, learningRate });
  await testPlugin(swav, { options: { ...small, smallCrops: 0, freezePrototypesEpochs: 0 }, learningRate });
});
