import { nativeBackend } from "../tfjs-internals.ts";
import type { CLibrary } from "./c-library.ts";
import { BATCH_NORM_OP, withFusedBatchNorm } from "./fused-batch-norm.ts";
import { LARGEST_PRODUCTS_OP, withLargestProducts } from "./largest-products.ts";
import { MAX_POOL_OP, withRememberedMaxima } from "./max-pool.ts";
import { inBfloat16, type Precision } from "./mixed-precision.ts";
import { hasOp } from "./op-definitions.ts";
import { withPaddingApart } from "./padding-apart.ts";
import type { Recording } from "./record.ts";
import { byWinograd, WINOGRAD_OP } from "./winograd.ts";

/** Rewrites for our own kernels, each with an op that is registered where the kernels can run. */
const REWRITES: readonly (readonly [op: string, rewrite: (recording: Recording) => Recording])[] = [
  [BATCH_NORM_OP, withFusedBatchNorm],
  [LARGEST_PRODUCTS_OP, withLargestProducts],
  [MAX_POOL_OP, withRememberedMaxima],
  [WINOGRAD_OP, byWinograd],
];

/**
 * A recording rewritten for its precision and for the kernels of this machine. XLA compiles kernels of its
 * own.
 */
export function asRun(
  recording: Recording,
  library: CLibrary,
  { mode, precision }: { readonly mode: "graph" | "xla"; readonly precision: Precision },
): Recording {
  const precise = precision === "bfloat16" ? inBfloat16(recording) : recording;
  if (mode === "xla") return withPaddingApart(precise);
  if (nativeBackend().isUsingGpuDevice) return precise;
  const here = REWRITES.filter(([op]) => hasOp(library, op));
  return here.reduce((rewritten, [, rewrite]) => rewrite(rewritten), precise);
}
