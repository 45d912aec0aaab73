import { type EngineInfo, pjrtDevice } from "@tssl/engine";

import type { programOptions } from "../config/engine-options.ts";
import type { RunEnvironment } from "./checkpoint.ts";

/** What a run computes with, as its checkpoints say it. */
export const environmentOf = (
  { tensorflow, device, deviceName, threads }: EngineInfo,
  { mode, precision }: ReturnType<typeof programOptions>,
  replicas: number,
): RunEnvironment => ({
  ...(tensorflow === undefined ? {} : { TensorFlow: tensorflow.version }),
  ...(mode.mode === "pjrt" ? pjrtDevice() : { device, deviceName }),
  threads,
  mode: mode.mode,
  precision,
  ...(replicas === 1 ? {} : { replicas }),
});
