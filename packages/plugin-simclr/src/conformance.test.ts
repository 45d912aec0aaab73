import { testPlugin } from "@tssl/core/testing";
import { describe } from "vitest";

import { simclr } from "./simclr.ts";

// Batch norm in the head makes large gradients of small differences.
const learningRate = 1e-5;

await testPlugin(simclr, { options: { dim: 8 }, learningRate });

describe("another head", { tags: "long" }, async () => {
  const options = { dim: 8, layers: 3, hidden: 12, headBatchNorm: false };
  await testPlugin(simclr, { options, learningRate });
});
