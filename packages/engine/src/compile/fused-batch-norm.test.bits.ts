// Prints a digest of what batch norm computes on as many threads as the first argument says;
// fused-batch-norm.test.ts compares several.
import { createHash } from "node:crypto";

import { startEngine } from "../start.ts";
import { batchNormCases, batchNormInputs, computeBatchNorm } from "./fused-batch-norm.test.cases.ts";

await startEngine({ device: "cpu", threads: Number(process.argv[2]) });
const hash = createHash("sha256");
for (const size of batchNormCases) {
  const computed = await computeBatchNorm("graph", "both", batchNormInputs(size));
  for (const values of Object.values(computed)) hash.update(values);
}
console.log(hash.digest("hex"));
process.exit();
