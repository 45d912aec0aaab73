import { testPlugin } from "@tssl/core/testing";

import { pcl, pclV1 } from "./pcl.ts";

const small = { queueSize: 16, dim: 8, warmupEpochs: 1, clusters: [20, 24], iterations: 3, redo: 2 };
const stopGradients = ["key"];

await testPlugin(pcl, { options: { ...small, negatives: 4 }, stopGradients });
await testPlugin(pclV1, { options: { ...small, clusters: [5], negatives: null }, stopGradients });
