import { beforeAll, describe, it } from "vitest";

import { startEngine } from "../start.ts";
import {
  batchNormByDefinition,
  batchNormCases,
  batchNormInputs,
  computeBatchNorm,
  requireClose,
  following,
} from "./fused-batch-norm.test.cases.ts";

beforeAll(() => {
  process.env["ONEDNN_MAX_CPU_ISA"] = "AVX2"; // read when the library loads
  return startEngine({ device: "cpu" });
});

describe.each(batchNormCases)("a processor without AVX-512 computes batch norm the same: $what", (size) => {
  it.each(following)("followed by %s", async (after) => {
    const inputs = batchNormInputs(size);
    requireClose(await computeBatchNorm("graph", after, inputs), batchNormByDefinition(after, inputs), 5e-6);
  });
});
