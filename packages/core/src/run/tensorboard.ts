import { type FileHandle, mkdir, open } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";

import type { RunObserver } from "./observer.ts";
import { encodeRecord, type TensorBoardEvent } from "../files/event-file.ts";
import { isDiskFull } from "../files/write-whole.ts";

/**
 * Writes what metrics.jsonl holds as event files for TensorBoard, in the run's folder `tensorboard`:
 * `tensorboard --logdir runs`. A run that goes on adds a file, which tells TensorBoard to forget the steps
 * that are taken again.
 */
export function tensorboardLog(runFolder: string): RunObserver {
  let file: FileHandle | undefined;
  const write = async (event: TensorBoardEvent): Promise<void> => {
    await file?.write(encodeRecord(event)).catch((error: unknown) => {
      if (!isDiskFull(error)) throw error;
    });
  };
  const now = () => Date.now() / 1000;
  return {
    async onStart({ stepsDone }) {
      const folder = path.join(runFolder, "tensorboard");
      await mkdir(folder, { recursive: true });
      // TensorBoard reads files in the order of their names.
      const name = `events.out.tfevents.${Math.floor(now())}.${hostname()}.${process.pid}`;
      file = await open(path.join(folder, name), "a");
      await write({ wallTime: now(), fileVersion: "brain.Event:2" });
      if (stepsDone > 0) await write({ wallTime: now(), step: stepsDone + 1, restart: true });
    },
    onStep: ({ step, values, imagesPerSecond }) =>
      write({
        wallTime: now(),
        step,
        scalars: { ...values, ...(Number.isFinite(imagesPerSecond) ? { imagesPerSecond } : {}) },
      }),
    onEvaluation: ({ step, result }) => write({ wallTime: now(), step, scalars: { knn: result.accuracy } }),
    onEnd: () => file?.close(),
  };
}
