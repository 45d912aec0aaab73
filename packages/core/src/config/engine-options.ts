import {
  type ChosenMode,
  chooseMode,
  type EngineInfo,
  type EngineOptions,
  type Precision,
} from "@tssl/engine";

import { modeOfTensorflow } from "../messages/options.ts";
import { requireThreads } from "./require-threads.ts";
import type { RunSettings } from "./run-settings.ts";

type EngineSettings = RunSettings["engine"];

/**
 * The options of `startEngine` from a config's `engine` section.
 *
 * @throws {TsslError} INVALID_OPTION for more threads than the machine has room for.
 */
export function engineOptions({
  device,
  threads,
  gpuMemoryGrowth,
  backend,
  mode,
  precision,
  replicas,
}: EngineSettings): EngineOptions {
  requireThreads("engine.threads", threads);
  return {
    device,
    backend: backend === "auto" && mode !== "auto" ? "tensorflow" : backend, // The modes are TensorFlow's.
    gpuMemoryGrowth,
    tf32: precision === "tf32",
    replicas,
    ...(threads === null ? {} : { threads }),
  };
}

/**
 * The mode and the precision of a config's steps on a device.
 *
 * @throws {TsslError} INVALID_OPTION for a mode of TensorFlow with another backend.
 */
export const programOptions = (
  { backend, mode, precision }: Pick<EngineSettings, "backend" | "mode" | "precision">,
  engine: Pick<EngineInfo, "device" | "computeCapability" | "accelerator">,
): { readonly mode: ChosenMode; readonly precision: Precision } => ({
  mode: backend === "pjrt" ? pjrtMode(mode) : chooseMode(mode, engine),
  precision: precision === "bfloat16" ? "bfloat16" : "float32",
});

function pjrtMode(mode: EngineSettings["mode"]): ChosenMode {
  if (mode !== "auto") throw modeOfTensorflow(mode);
  return { mode: "pjrt", reason: "engine.backend pjrt" };
}
