import type { EngineInfo } from "../start.ts";

/**
 * How steps run. "eager": op by op, from JavaScript. "graph": recorded once, then TensorFlow runs the ops, several at a time.
 * "xla": recorded once, then compiled by XLA into one program.
 */
export type EngineMode = "eager" | "graph" | "xla";

export interface ChosenMode {
  readonly mode: EngineMode;
  /** Why, in words: "graph: the faster one on a CPU". */
  readonly reason: string;
}

/** What "auto" means on this device: XLA on a GPU, the plain graph on a CPU, where oneDNN's convolutions outrun XLA's. */
export function chooseMode(wanted: EngineMode | "auto", { device }: Pick<EngineInfo, "device">): ChosenMode {
  if (wanted !== "auto") return { mode: wanted, reason: "as asked for" };
  return device === "gpu"
    ? { mode: "xla", reason: "auto: XLA fuses small ops into few kernels on a GPU" }
    : { mode: "graph", reason: "auto: oneDNN's convolutions outrun XLA's on a CPU" };
}
