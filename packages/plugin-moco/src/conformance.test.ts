import { testPlugin } from "@tssl/core/testing";
import { describe } from "vitest";

import { moco, mocoV1 } from "./moco.ts";

const small = { queueSize: 16, dim: 8 };
const stopGradients = ["key"];

await testPlugin(moco, { options: small, stopGradients });

describe("other options", { tags: "long" }, async () => {
  await testPlugin(moco, {
    options: { ...small, batchNormGroups: 2, shuffleBatchNorm: true, inBatchNegatives: true },
    stopGradients,
    batchSizes: [6, 10],
  });
  await testPlugin(mocoV1, { options: { ...small, momentumSchedule: "cosine" }, stopGradients });
});
