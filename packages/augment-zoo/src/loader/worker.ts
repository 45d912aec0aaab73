import { getPriority, setPriority } from "node:os";
import { workerData } from "node:worker_threads";

import sharp from "sharp";

import type { AppliedOperation } from "../applied.ts";
import { sampleRecipe } from "../apply-recipe.ts";
import { decodeOpened, type OpenedImage, openImage, sizeOf } from "../decoding/open-image.ts";
import { onShrunk, shrunkSize } from "../decode-fast.ts";
import { isNarrow } from "../decoding/levels.ts";
import { ImageError, LoaderError } from "../errors.ts";
import type { Size } from "../image.ts";
import { pixelFormat } from "../pixel-format.ts";
import { DECODED_AHEAD } from "./decoder-threads.ts";
import { openOriginals } from "./originals.ts";
import { type DecodedImage, pixelPipeline } from "./pixel-pipeline.ts";
import type { CorruptImage, TaskImage, ViewTask, ViewTaskResult, WorkerSetup } from "./task.ts";
import { viewStream } from "./view-key.ts";

// The threads of the pool run in parallel; more threads within a decoder would slow them down.
sharp.concurrency(1);
sharp.cache(false);

const { seed, batchSize, views, originals: shared, decode, decoding, background } = workerData as WorkerSetup;
// On other systems than Linux this would change the priority of the whole process.
if (background && process.platform === "linux") setPriority(Math.min(19, getPriority() + 10));

const pipeline = pixelPipeline(decoding);
const { channels, depth } = pixelFormat(decoding);
/** Only bytes of red, green and blue are decoded at smaller sizes. */
const isColour = channels === 3 && depth === 8;
const originals = shared === undefined ? undefined : openOriginals(shared, pipeline.decodedBytes);
const outputs = views.map(({ buffer }) => new Uint8Array(buffer));

/** Of so many JPEGs that are decoded exactly, one is decoded both ways to compare their times. */
const PROBE_EVERY = 128;
/** The place of the first of them: not among those on which the code is still compiled. */
const PROBE_FIRST = 8;
let decodedJpegs = 0;

/** An image, and the operations of each view. */
interface Prepared {
  readonly image: DecodedImage;
  readonly applied: readonly (readonly AppliedOperation[])[];
}

/** Runs in a worker thread: decodes the task's images and writes all their views into the shared slot. */
export default async function makeViews({ epoch, slot, images }: ViewTask): Promise<ViewTaskResult> {
  const corrupt: CorruptImage[] = [];
  const totals = { decoded: 0, decodeMs: 0, augmentMs: 0 };
  const probe = { images: 0, exactMs: 0, fastMs: 0 };
  let narrow: ViewTaskResult["narrow"];

  function sample({ index }: TaskImage, size: Size): AppliedOperation[][] {
    return views.map(({ name, recipe }) =>
      sampleRecipe(size, recipe, viewStream({ seed, epoch, index, view: name })),
    );
  }

  async function prepare(task: TaskImage): Promise<Prepared | ImageError | LoaderError> {
    const known = originals?.get(task.source);
    if (known !== undefined) return { image: pipeline.fromBytes(known), applied: sample(task, known) };
    const start = performance.now();
    try {
      const prepared = await read(task);
      totals.decoded++;
      return prepared;
    } catch (error) {
      if (error instanceof ImageError || error instanceof LoaderError) return error;
      throw error;
    } finally {
      totals.decodeMs += performance.now() - start;
    }
  }

  async function read(task: TaskImage): Promise<Prepared> {
    const opened = await openImage(task.file);
    if (decode === "fast" && isColour && originals === undefined && opened.format === "JPEG") {
      const fast = await readFast(task, opened);
      if (fast !== undefined) return fast;
    }
    const { image, levels } = await pipeline.decode(opened);
    if (levels !== undefined && isNarrow(levels)) narrow ??= { ...levels, file: opened.name };
    originals?.put(task.source, { ...image, data: pipeline.toBytes(image) });
    if (decode === "exact" && isColour && originals === undefined && opened.format === "JPEG") {
      if (decodedJpegs++ % PROBE_EVERY === PROBE_FIRST) await compareWays(task, opened);
    }
    return { image, applied: sample(task, image) };
  }

  /** The image at a smaller size, if all views allow it. */
  async function readFast(task: TaskImage, opened: OpenedImage): Promise<Prepared | undefined> {
    const size = await sizeOf(opened);
    const applied = sample(task, size);
    const shrinkTo = shrunkSize(size, applied);
    if (shrinkTo === undefined) return undefined;
    const { image } = await decodeOpened(opened, { shrinkTo });
    return { image, applied: applied.map((view) => onShrunk(view, size, image)) };
  }

  async function compareWays(task: TaskImage, opened: OpenedImage): Promise<void> {
    const start = performance.now();
    await decodeOpened(opened);
    const between = performance.now();
    const fast = await readFast(task, opened);
    const exactMs = between - start;
    probe.images++;
    probe.exactMs += exactMs;
    probe.fastMs += fast === undefined ? exactMs : performance.now() - between;
  }

  const refuse = (image: TaskImage, { found, advice, kind }: ImageError): number =>
    corrupt.push({ image, found, advice, kind });

  const ahead = images.slice(0, DECODED_AHEAD).map(prepare);
  for (const [i, task] of images.entries()) {
    const prepared = await ahead.shift()!;
    const next = images[i + DECODED_AHEAD];
    if (next !== undefined) ahead.push(prepare(next));
    if (prepared instanceof LoaderError) {
      await Promise.all(ahead);
      return { ...totals, probe, corrupt, fault: { message: prepared.message, data: prepared.data } };
    }
    if (prepared instanceof ImageError) {
      refuse(task, prepared);
      continue;
    }
    const start = performance.now();
    try {
      for (const [v, { bytes }] of views.entries()) {
        const at = (slot * batchSize + task.row) * bytes;
        pipeline.render(prepared.image, prepared.applied[v]!, outputs[v]!.subarray(at, at + bytes));
      }
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      refuse(task, error); // a view would need too large an image
    }
    totals.augmentMs += performance.now() - start;
  }
  return { ...totals, probe, corrupt, ...(narrow === undefined ? {} : { narrow }) };
}
