import { testPlugin } from "@tssl/core/testing";
import { describe } from "vitest";

import { cpc } from "./cpc.ts";

const small = {
  grid: 4,
  dim: 4,
  contextWidth: 4,
  contextBlocks: 2,
  stepsToIgnore: 1,
  stepsToPredict: 2,
  predictionScale: 1, // at 0.1 the first steps' gradient is small beside the loss, and so lost in its rounding
};

await testPlugin(cpc, { options: small });

describe("other options", { tags: "long" }, async () => {
  await testPlugin(cpc, {
    learningRate: 1e-5, // at 1e-3 the steps part by rounding
    options: { ...small, directions: 2, stride: 3, stepsToIgnore: 0, contextBlocks: 1 },
  });
  await testPlugin(cpc, {
    options: { ...small, directions: 1, grid: 7, patchOperations: 0, colorDrop: 0, stepsToPredict: 5 },
  });
});
