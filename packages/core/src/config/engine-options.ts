import {
  type ChosenMode,
  chooseMode,
  type EngineInfo,
  type EngineOptions,
  type Precision,
} from "@tssl/engine";

import type { RunSettings } from "./run-config.ts";

type EngineSettings = RunSettings["engine"];

/** What `startEngine` is told by a config's `engine` section. */
export const engineOptions = ({
  device,
  threads,
  gpuMemoryGrowth,
  precision,
}: EngineSettings): EngineOptions => ({
  device,
  gpuMemoryGrowth,
  tf32: precision === "tf32",
  ...(threads === null ? {} : { threads }),
});

/** How a config's steps run on a device, and in which precision. */
export const programOptions = (
  { mode, precision }: Pick<EngineSettings, "mode" | "precision">,
  engine: Pick<EngineInfo, "device">,
): { readonly mode: ChosenMode; readonly precision: Precision } => ({
  mode: chooseMode(mode, engine),
  precision: precision === "bfloat16" ? "bfloat16" : "float32",
});
