import { testPlugin } from "@tssl/core/testing";
import { describe } from "vitest";

import { byol } from "./byol.ts";

// Batch norm in the head makes large gradients of small differences.
const learningRate = 1e-5;

await testPlugin(byol, { options: { dim: 8, hidden: 12 }, learningRate });

describe("with a queue for CLSA", { tags: "long" }, async () => {
  await testPlugin(byol, {
    options: { dim: 8, hidden: 12, queueSize: 16, momentumSchedule: "constant" },
    learningRate,
  });
});
