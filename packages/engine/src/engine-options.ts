import type { ProcessGroup } from "./processes/process-group.ts";
import type { Flavour } from "./setup/wheels.ts";

export interface EngineOptions {
  /** "auto" is a GPU if the engine can use one, else the CPU. Default "auto". */
  readonly device?: "auto" | "cpu" | "gpu";
  /**
   * What computes compiled steps: "tensorflow", or "pjrt", the plugin of a device. "auto" is the plugin of a
   * GPU that was proved to compute on it, else TensorFlow. Default "tensorflow".
   */
  readonly backend?: "auto" | "tensorflow" | "pjrt";
  /**
   * Threads of one op, and number of ops that run at once. Default: TF_NUM_INTRAOP_THREADS, else one per
   * core.
   */
  readonly threads?: number;
  /** Whether GPU memory is allocated as needed, instead of all of it at the start. Default true. */
  readonly gpuMemoryGrowth?: boolean;
  /**
   * Whether NVIDIA GPUs multiply in TensorFloat-32: 10 bits of mantissa, several times as fast. No effect on
   * a CPU. Default false.
   */
  readonly tf32?: boolean;
  /** Devices that mode "pjrt" computes on together, of all processes. Default 1. */
  readonly replicas?: number;
  /** Processes that compute together, in mode "graph" or "pjrt". Absent: this one computes alone. */
  readonly processes?: ProcessGroup | undefined;
}

export interface EngineInfo {
  /** What computes besides the steps of mode "pjrt". */
  readonly device: "cpu" | "gpu";
  readonly deviceName: string;
  /** Of the first GPU, as "9.0"; absent on a CPU, and where the driver does not say. */
  readonly computeCapability?: string;
  readonly tfjsVersion: string;
  readonly threads: number;
  /** Absent where it is not set up and the plugin of a device computes: then JavaScript does the rest. */
  readonly tensorflow?: {
    readonly version: string;
    readonly oneDnn: boolean;
    readonly flavour: Flavour;
    readonly libraryFolder: string;
  };
  /** The GPU that mode "pjrt" computes on; absent where there is none, or `backend` is another. */
  readonly accelerator?: {
    readonly deviceName: string;
    readonly plugin: string;
    /** GPUs that this process may use, of which `replicas` are used. */
    readonly cards: number;
  };
  /** Why a GPU that is there is not used. */
  readonly gpuProblem?: { readonly problem: string; readonly remedy: string };
}

/** The options of an engine, with their defaults. */
export type EngineSettings = Required<Omit<EngineOptions, "threads" | "processes">> & {
  readonly threads: number | undefined;
  readonly processes: ProcessGroup | undefined;
};
