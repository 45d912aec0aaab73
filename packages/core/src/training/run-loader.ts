import { createViewLoader, type ImageFile, type ViewLoader } from "@tssl/augment-zoo";
import type { EngineInfo } from "@tssl/engine";

import { decodingOf } from "../config/decoding-of.ts";
import type { RunSettings } from "../config/run-settings.ts";
import { slotsNeeded } from "./batches.ts";
import type { PreparedRun } from "./prepare-run.ts";

/** Makes a run's views of training images. The caller closes it. */
export const createRunLoader = (
  { data, seed }: Pick<RunSettings, "data" | "seed">,
  run: Pick<PreparedRun, "views" | "facts" | "own">,
  files: readonly ImageFile[],
  device: EngineInfo["device"],
): ViewLoader =>
  createViewLoader({
    files,
    views: Object.fromEntries(Object.entries(run.views).map(([name, { recipe }]) => [name, recipe])),
    seed,
    batchSize: run.own.count,
    slots: slotsNeeded(run),
    cacheMegabytes: data.cacheMegabytes,
    decode: data.decode,
    maxCorruptShare: data.maxCorruptShare,
    background: device === "cpu",
    ...decodingOf(data),
    ...(data.workers === null ? {} : { workers: data.workers }),
  });
