import util from "node:util";

import * as tf from "@tensorflow/tfjs";

export interface EngineOptions {
  /** "auto" takes a GPU where the library sees one. Default "auto". */
  readonly device?: "auto" | "cpu" | "gpu";
  /** Threads of one op, and ops at a time. Default: as many as there are processors. */
  readonly threads?: number;
}

export interface EngineInfo {
  readonly device: "cpu" | "gpu";
  readonly tensorflowVersion: string;
  readonly tfjsVersion: string;
}

let started: Promise<EngineInfo> | undefined;

/** Loads TensorFlow into this process and makes it the backend of `@tensorflow/tfjs`. Call before the first op. */
export function startEngine(options: EngineOptions = {}): Promise<EngineInfo> {
  started ??= load(options);
  return started;
}

async function load({ device = "auto", threads }: EngineOptions): Promise<EngineInfo> {
  // The library reads its environment once, while it loads.
  process.env["TF_ENABLE_ONEDNN_OPTS"] = "1";
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "3";
  if (threads !== undefined) {
    process.env["TF_NUM_INTRAOP_THREADS"] = String(threads);
    process.env["TF_NUM_INTEROP_THREADS"] = String(threads);
  }
  if (device === "cpu") process.env["CUDA_VISIBLE_DEVICES"] = "-1";
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
  await import("@tensorflow/tfjs-node-gpu");
  await tf.setBackend("tensorflow");
  await tf.ready();
  const backend = tf.backend() as unknown as { isUsingGpuDevice: boolean; binding: { TF_Version: string } };
  return {
    device: backend.isUsingGpuDevice ? "gpu" : "cpu",
    tensorflowVersion: backend.binding.TF_Version,
    tfjsVersion: tf.version.tfjs,
  };
}
