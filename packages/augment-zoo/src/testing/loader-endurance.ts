import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";

import sharp from "sharp";

import { createViewLoader, type ViewBatch } from "../loader/view-loader.ts";
import { randomStream } from "../random.ts";
import { evaluationView } from "../recipes/evaluation.ts";
import { mocoV2View } from "../recipes/moco.ts";

export interface EnduranceOptions {
  /** One in a hundred of them is cut short. */
  readonly images: number;
  /** Pixels of a side, of images and views alike. */
  readonly side: number;
  readonly epochs: number;
}

export interface EnduranceResult {
  /** Views that came out, of every kind. */
  readonly views: number;
  /** Rows of a batch that held another view than they should have, in words. */
  readonly wrong: readonly string[];
  /** Files that were cut short, and those that the loader says are. */
  readonly cut: readonly string[];
  readonly corrupt: readonly string[];
  /** Threads that were ended from outside, and those that were started in all. */
  readonly killed: number;
  readonly started: number;
  /** The least memory that the process had at the end of any batch, for each epoch, in bytes. */
  readonly memory: readonly number[];
}

const WORKERS = 2;
const BATCH = 96;
const AHEAD = 2;
/** What a slot is filled with before it is given back: a row that is not written anew is seen. */
const STALE = 0xaa;

/**
 * Loads an image set of its own (pieces of a photograph) for many epochs, in another order each time and
 * without keeping decoded files, while a thread is killed in every epoch but the last, which repeats the
 * first; compares every view with what it must be.
 */
export async function endure({ images, side, epochs }: EnduranceOptions): Promise<EnduranceResult> {
  const folder = mkdtempSync(path.join(tmpdir(), "augment-zoo-endurance-"));
  const threads: Worker[] = [];
  const watch = (thread: Worker): number => threads.push(thread);
  process.on("worker", watch);
  try {
    const { files, contents, cut } = await writePieces(folder, images, side);
    const loader = createViewLoader({
      files,
      views: { plain: evaluationView({ size: side }), random: mocoV2View({ size: side }) },
      seed: 5,
      batchSize: BATCH,
      workers: WORKERS,
      cacheMegabytes: 0,
      maxCorruptShare: 0.01,
    });
    const isCut = new Set(cut);
    const wanted = (index: number): string => {
      while (isCut.has(files[index]!)) index = (index + 1) % images;
      return contents[index]!;
    };
    const firstEpoch = new Map<number, string>();
    const wrong: string[] = [];
    const memory: number[] = [];
    let [views, killed] = [0, 0];

    function check(batch: ViewBatch, epoch: number, row: number, repeated: boolean): void {
      const index = batch.indices[row]!;
      const bytes = side * side * 3;
      const [plain, random] = ["plain", "random"].map((name) =>
        digest(Buffer.from(batch.views[name]!.values.subarray(row * bytes, (row + 1) * bytes))),
      );
      if (plain !== wanted(index)) wrong.push(`epoch ${epoch}, image ${index}: not this image`);
      if (repeated && random !== firstEpoch.get(index))
        wrong.push(`epoch ${epoch}, image ${index}: other than before`);
      if (epoch === 0) firstEpoch.set(index, random!);
      views += 2;
    }

    for (const [round, epoch] of [...Array(epochs).keys(), 0].entries()) {
      const order = randomStream("endurance", round).permutation(images);
      const starts = Array.from({ length: Math.ceil(images / BATCH) }, (_, i) => i * BATCH);
      const load = (start: number) =>
        loader.load({ epoch, indices: Array.from(order.subarray(start, start + BATCH)) });
      const pending = starts.slice(0, AHEAD).map(load);
      let least = Infinity;
      for (const [i, start] of starts.entries()) {
        if (i === (round % (starts.length - 1)) + 1 && round < epochs) {
          await setImmediate();
          await threads.findLast((thread) => thread.threadId > 0)!.terminate();
          killed++;
        }
        const batch = await pending.shift()!;
        for (let row = 0; row < Math.min(BATCH, images - start); row++)
          check(batch, epoch, row, round === epochs);
        for (const { values } of Object.values(batch.views)) values.fill(STALE);
        batch.release();
        if (i + AHEAD < starts.length) pending.push(load(starts[i + AHEAD]!));
        least = Math.min(least, process.memoryUsage().rss);
      }
      memory.push(least);
    }
    await loader.close();
    return {
      views,
      wrong,
      cut,
      corrupt: loader.corrupt.map(({ file }) => file).sort(),
      killed,
      started: threads.length,
      memory,
    };
  } finally {
    process.off("worker", watch);
    rmSync(folder, { recursive: true });
  }
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64");

/** Squares of a photograph, each at a place, a turn and a flip of its own, as PNG files. */
async function writePieces(
  folder: string,
  count: number,
  side: number,
): Promise<{ files: string[]; contents: string[]; cut: string[] }> {
  const { data, info } = await sharp(
    fileURLToPath(new URL("../../fixtures/images/temple.png", import.meta.url)),
  )
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const [columns, rows] = [info.width - side + 1, info.height - side + 1];
  const [files, contents, cut]: string[][] = [[], [], []];
  for (let i = 0; i < count; i++) {
    const left = i % columns;
    const top = Math.floor(i / columns) % rows;
    const turn = Math.floor(i / (columns * rows));
    const piece = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .extract({ left, top, width: side, height: side })
      .raw()
      .toBuffer();
    const turned = sharp(piece, { raw: { width: side, height: side, channels: 3 } })
      .rotate(90 * (turn % 4))
      .flip(turn >= 4);
    const png = await turned.clone().png({ compressionLevel: 1 }).toBuffer();
    const file = path.join(folder, `${String(i).padStart(6, "0")}.png`);
    const isCut = i % 100 === 57;
    writeFileSync(file, isCut ? png.subarray(0, Math.floor(0.6 * png.length)) : png);
    files!.push(file);
    contents!.push(digest(await turned.raw().toBuffer()));
    if (isCut) cut!.push(file);
  }
  if (new Set(contents).size !== count) throw new Error("two of the pieces are alike");
  return { files: files!, contents: contents!, cut: cut! };
}
