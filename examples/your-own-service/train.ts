import { fileURLToPath } from "node:url";

import { parseConfig, resnet20, runTraining, type RunOutcome, services, sgd } from "@tssl/core/run";
import { moco } from "@tssl/plugin-moco";
import { reportWriter } from "@tssl/report";

import { mirrored } from "./mirrored-checkpoints.ts";

export interface Folders {
  /** Images to train on. */
  readonly images: string;
  /** The run folder: a new one, or that of a run that goes on. */
  readonly run: string;
  /** The second place of its checkpoints. */
  readonly mirror: string;
}

/** Trains MoCo v2 on a folder of images, with each checkpoint kept in two places. */
export function train({ images, run, mirror }: Folders, resume = false): Promise<RunOutcome> {
  const config = parseConfig(
    {
      name: "mirrored",
      imageSize: 32,
      epochs: 2,
      batchSize: 4,
      data: { train: images },
      encoder: { use: resnet20 },
      plugins: [{ use: moco, queueSize: 8, dim: 16 }],
      optimizer: { use: sgd, lr: 0.06, momentum: 0.9, weightDecay: 5e-4 },
      checkpoint: { everySteps: 1, keep: 2 },
    },
    { plugins: {}, encoders: {}, optimizers: {} }, // no names: every `use` above is the thing itself
    "train.ts",
  );
  return runTraining(
    {
      config,
      out: run,
      observers: [reportWriter()],
      ...(resume ? { resume: { allowedChanges: [] } } : {}),
    },
    (container) => {
      container.onActivation(
        services.openCheckpoints,
        (_context, open) => (folder) => mirrored(open(folder), mirror),
      );
    },
  );
}

const [, program, images, run, mirror] = process.argv;
if (program === fileURLToPath(import.meta.url)) {
  if (images === undefined || run === undefined || mirror === undefined) {
    throw new Error("Three folders are needed: images, run, mirror.");
  }
  const { status, steps } = await train({ images, run, mirror });
  console.log(`${status} after ${steps} steps; checkpoints in ${run}/checkpoints and in ${mirror}`);
}
