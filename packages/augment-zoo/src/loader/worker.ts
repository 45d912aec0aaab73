import { workerData } from "node:worker_threads";

import sharp from "sharp";

import { replayInto } from "../applied.ts";
import { sampleRecipe } from "../apply-recipe.ts";
import { decodeImage } from "../decode.ts";
import { ImageError } from "../errors.ts";
import { openOriginals } from "./originals.ts";
import type { ViewTask, ViewTaskResult, WorkerSetup } from "./task.ts";
import { viewStream } from "./view-key.ts";

// The pool is what runs in parallel; threads inside one decode would only get in each other's way.
sharp.concurrency(1);
sharp.cache(false);

const { seed, batchSize, views, originals: shared } = workerData as WorkerSetup;
const originals = shared === undefined ? undefined : openOriginals(shared);
const outputs = views.map(({ buffer }) => new Uint8Array(buffer));

/** Runs in a worker thread: decodes the task's images and writes all their views into the shared slot. */
export default async function makeViews({
  epoch,
  slot,
  row,
  indices,
  files,
}: ViewTask): Promise<ViewTaskResult> {
  let decoded = 0;
  let decodeMs = 0;
  let augmentMs = 0;
  for (const [i, index] of indices.entries()) {
    const start = performance.now();
    let original = originals?.get(index);
    if (original === undefined) {
      try {
        original = await decodeImage(files[i]!);
      } catch (error) {
        if (!(error instanceof ImageError)) throw error;
        return { failure: { file: error.file, found: error.found, advice: error.advice } };
      }
      originals?.put(index, original);
      decoded++;
      decodeMs += performance.now() - start;
    }

    const begin = performance.now();
    for (const [v, { name, recipe, side }] of views.entries()) {
      const applied = sampleRecipe(original, recipe, viewStream({ seed, epoch, index, view: name }));
      const bytes = side * side * 3;
      const at = (slot * batchSize + row + i) * bytes;
      replayInto(original, applied, outputs[v]!.subarray(at, at + bytes));
    }
    augmentMs += performance.now() - begin;
  }
  return { decoded, decodeMs, augmentMs };
}
