import { withJoinedBatchNorms } from "./joined-batch-norms.ts";
import { inBfloat16, type Precision } from "./mixed-precision.ts";
import type { Recording } from "./record.ts";

/** A recording as it is lowered for a plugin of OpenXLA, in its precision. */
export function asLowered(recording: Recording, precision: Precision): Recording {
  const joined = withJoinedBatchNorms(recording);
  return precision === "bfloat16" ? inBfloat16(joined) : joined;
}
