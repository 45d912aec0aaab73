import { createViewLoader, type ImageFile, type ViewLoader } from "@tssl/augment-zoo";
import type { EngineInfo } from "@tssl/engine";

import type { RunSettings } from "../config/run-config.ts";
import { slotsNeeded } from "./batches.ts";
import type { PreparedRun } from "./prepare-run.ts";

/** Makes a run's views of training images. The caller closes it. */
export const createRunLoader = (
  { data, seed }: Pick<RunSettings, "data" | "seed">,
  { views, facts }: Pick<PreparedRun, "views" | "facts">,
  files: readonly ImageFile[],
  device: EngineInfo["device"],
): ViewLoader =>
  createViewLoader({
    files,
    views: Object.fromEntries(Object.entries(views).map(([name, { recipe }]) => [name, recipe])),
    seed,
    batchSize: facts.microBatchSize,
    slots: slotsNeeded(facts),
    cacheMegabytes: data.cacheMegabytes,
    decode: data.decode,
    maxCorruptShare: data.maxCorruptShare,
    background: device === "cpu",
    ...(data.workers === null ? {} : { workers: data.workers }),
  });
