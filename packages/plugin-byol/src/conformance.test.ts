import { testPlugin } from "@tssl/core/testing";

import { byol } from "./byol.ts";

// Batch norm in the head makes large gradients of small differences.
const learningRate = 1e-5;

await testPlugin(byol, { options: { dim: 8, hidden: 12 }, learningRate });
await testPlugin(byol, {
  options: { dim: 8, hidden: 12, queueSize: 16, momentumSchedule: "constant" },
  learningRate,
});
