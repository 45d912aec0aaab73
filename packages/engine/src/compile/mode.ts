import type { EngineInfo } from "../engine-options.ts";

/**
 * How steps run. "eager": op by op, from JavaScript. "graph": recorded once, then TensorFlow runs the ops,
 * several at a time. "xla": recorded once, then compiled by XLA into one program. "pjrt": recorded once, then
 * compiled and run by the plugin of a device (PJRT), without TensorFlow.
 */
export type EngineMode = "eager" | "graph" | "xla" | "pjrt";

export interface ChosenMode {
  readonly mode: EngineMode;
  /** Reason of the choice: "auto: oneDNN's convolutions are faster than XLA's on a CPU". */
  readonly reason: string;
}

/** The first compute capability for which TensorFlow's XLA makes no code: its process aborts (Blackwell). */
const WITHOUT_XLA = 10;

/**
 * The mode of a device. "auto" is pjrt on a GPU whose plugin was proved; else, of TensorFlow's modes, xla on
 * a GPU, and graph on a CPU, where oneDNN's convolutions are faster than XLA's, and on GPUs that are newer
 * than TensorFlow's XLA.
 */
export function chooseMode(
  wanted: EngineMode | "auto",
  {
    device,
    computeCapability,
    accelerator,
  }: Pick<EngineInfo, "device" | "computeCapability" | "accelerator">,
): ChosenMode {
  if (wanted !== "auto") return { mode: wanted, reason: "as requested" };
  if (accelerator !== undefined) {
    return { mode: "pjrt", reason: `auto: ${accelerator.deviceName} was proved to compute` };
  }
  if (device === "cpu") {
    return { mode: "graph", reason: "auto: oneDNN's convolutions are faster than XLA's on a CPU" };
  }
  return Number(computeCapability ?? 0) >= WITHOUT_XLA
    ? {
        mode: "graph",
        reason: `auto: TensorFlow's XLA aborts on GPUs of compute capability ${computeCapability}`,
      }
    : { mode: "xla", reason: "auto: XLA fuses small ops into few kernels on a GPU" };
}
