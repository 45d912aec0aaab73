import { getPriority, setPriority } from "node:os";
import { workerData } from "node:worker_threads";

import sharp from "sharp";

import type { AppliedOperation } from "../applied.ts";
import { replayInto } from "../replay.ts";
import { sampleRecipe } from "../apply-recipe.ts";
import { decodeImage, readSize } from "../decode.ts";
import { onShrunk, shrunkSize } from "../decode-fast.ts";
import { ImageError } from "../errors.ts";
import type { Image, Size } from "../image.ts";
import { openOriginals } from "./originals.ts";
import type { CorruptImage, TaskImage, ViewTask, ViewTaskResult, WorkerSetup } from "./task.ts";
import { viewStream } from "./view-key.ts";

// The threads of the pool run in parallel; more threads within a decoder would slow them down.
sharp.concurrency(1);
sharp.cache(false);

const { seed, batchSize, views, originals: shared, decode, background } = workerData as WorkerSetup;
// On other systems than Linux this would change the priority of the whole process.
if (background && process.platform === "linux") setPriority(Math.min(19, getPriority() + 10));

const originals = shared === undefined ? undefined : openOriginals(shared);
const outputs = views.map(({ buffer }) => new Uint8Array(buffer));

/** An image, and the operations of each view. */
interface Prepared {
  readonly image: Image;
  readonly applied: readonly (readonly AppliedOperation[])[];
}

/** Runs in a worker thread: decodes the task's images and writes all their views into the shared slot. */
export default async function makeViews({ epoch, slot, images }: ViewTask): Promise<ViewTaskResult> {
  const corrupt: CorruptImage[] = [];
  const totals = { decoded: 0, decodeMs: 0, augmentMs: 0 };

  function sample({ index }: TaskImage, size: Size): AppliedOperation[][] {
    return views.map(({ name, recipe }) =>
      sampleRecipe(size, recipe, viewStream({ seed, epoch, index, view: name })),
    );
  }

  async function prepare(task: TaskImage): Promise<Prepared | ImageError> {
    const known = originals?.get(task.source);
    if (known !== undefined) return { image: known, applied: sample(task, known) };
    const start = performance.now();
    try {
      const prepared = await read(task);
      totals.decoded++;
      return prepared;
    } catch (error) {
      if (error instanceof ImageError) return error;
      throw error;
    } finally {
      totals.decodeMs += performance.now() - start;
    }
  }

  async function read(task: TaskImage): Promise<Prepared> {
    if (decode === "fast" && originals === undefined) {
      const size = await readSize(task.file);
      const applied = sample(task, size);
      const shrinkTo = shrunkSize(size, applied);
      if (shrinkTo !== undefined) {
        const image = await decodeImage(task.file, { shrinkTo });
        return { image, applied: applied.map((view) => onShrunk(view, size, image)) };
      }
    }
    const image = await decodeImage(task.file);
    originals?.put(task.source, image);
    return { image, applied: sample(task, image) };
  }

  let next = prepare(images[0]!);
  for (const [i, task] of images.entries()) {
    const prepared = await next;
    if (i + 1 < images.length) next = prepare(images[i + 1]!); // meanwhile libvips decodes on its own thread
    if (prepared instanceof ImageError) {
      corrupt.push({ image: task, found: prepared.found, advice: prepared.advice });
      continue;
    }
    const start = performance.now();
    for (const [v, { bytes }] of views.entries()) {
      const at = (slot * batchSize + task.row) * bytes;
      replayInto(prepared.image, prepared.applied[v]!, outputs[v]!.subarray(at, at + bytes));
    }
    totals.augmentMs += performance.now() - start;
  }
  return { ...totals, corrupt };
}
