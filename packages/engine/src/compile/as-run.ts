import { nativeBackend } from "../ops/raw-op.ts";
import type { CLibrary } from "./c-library.ts";
import { hasOp } from "./op-definitions.ts";
import { inBfloat16, type Precision } from "./mixed-precision.ts";
import type { Recording } from "./record.ts";
import { byWinograd, WINOGRAD_OP } from "./winograd.ts";

/** A recording with what its precision and the kernels of this machine ask for. XLA makes kernels of its own. */
export function asRun(
  recording: Recording,
  library: CLibrary,
  { mode, precision }: { readonly mode: "graph" | "xla"; readonly precision: Precision },
): Recording {
  const precise = precision === "bfloat16" ? inBfloat16(recording) : recording;
  const onCpu = !nativeBackend().isUsingGpuDevice;
  return mode === "graph" && onCpu && hasOp(library, WINOGRAD_OP) ? byWinograd(precise) : precise;
}
