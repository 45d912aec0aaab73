import type { EngineInfo } from "../start.ts";

/**
 * How steps run. "eager": op by op, from JavaScript. "graph": recorded once, then TensorFlow runs the ops,
 * several at a time. "xla": recorded once, then compiled by XLA into one program.
 */
export type EngineMode = "eager" | "graph" | "xla";

export interface ChosenMode {
  readonly mode: EngineMode;
  /** Reason of the choice: "auto: oneDNN's convolutions are faster than XLA's on a CPU". */
  readonly reason: string;
}

/**
 * The mode of a device: "auto" is xla on a GPU, and graph on a CPU, where oneDNN's convolutions are faster
 * than XLA's.
 */
export function chooseMode(wanted: EngineMode | "auto", { device }: Pick<EngineInfo, "device">): ChosenMode {
  if (wanted !== "auto") return { mode: wanted, reason: "as requested" };
  return device === "gpu"
    ? { mode: "xla", reason: "auto: XLA fuses small ops into few kernels on a GPU" }
    : { mode: "graph", reason: "auto: oneDNN's convolutions are faster than XLA's on a CPU" };
}
