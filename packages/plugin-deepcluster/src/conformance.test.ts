import { testPlugin } from "@tssl/core/testing";
import { describe } from "vitest";

import { deepclusterV2 } from "./deepcluster.ts";

const small = { dim: 8, hidden: 12, iterations: 3, smallSize: 8 };
// Batch norm in the head makes large gradients of small differences.
const learningRate = 1e-5;

await testPlugin(deepclusterV2, {
  options: { ...small, prototypes: [5, 4, 6], smallCrops: 2 },
  learningRate,
});

describe("with one clustering and no small crops", { tags: "long" }, async () => {
  await testPlugin(deepclusterV2, { options: { ...small, prototypes: [5], smallCrops: 0 }, learningRate });
});
