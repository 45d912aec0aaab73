import { testPlugin } from "@tssl/core/testing";

import { simclr } from "./simclr.ts";

// Batch norm in the head makes large gradients of small differences.
const learningRate = 1e-5;

await testPlugin(simclr, { options: { dim: 8 }, learningRate });
await testPlugin(simclr, { options: { dim: 8, layers: 3, hidden: 12, headBatchNorm: false }, learningRate });
