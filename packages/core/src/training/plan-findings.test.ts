import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { imagenetStatistics } from "../networks/normalize-images.ts";
import { linearHead } from "../networks/projection-head.ts";
import { sgd } from "../optimizers/sgd.ts";
import { definePlugin, type PhaseMoment } from "../plugins/plugin.ts";
import { meanColour } from "../testing/pull-to-zero.ts";
import { compileRun } from "./compile-run.ts";
import { planFindings, type PlannedRun } from "./plan-findings.ts";
import { prepareRun, runFacts } from "./prepare-run.ts";

interface ToyOptions {
  readonly queueSize: number;
  readonly phaseFrom: number;
}

/** A method with a queue of a batch's rows a step, and a second phase from an epoch on. */
const toy = definePlugin<ToyOptions>({
  name: "toy",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["queueSize", "phaseFrom"],
    properties: {
      queueSize: { type: "integer", minimum: 1, default: 64 },
      phaseFrom: { type: "integer", minimum: 0, default: 0 },
    },
  },
  views: () => ({ image: { recipe: [{ op: "centerCrop", size: 4 }] } }),
  setup(build, { queueSize, phaseFrom }) {
    const network = build.network("network", { head: linearHead({ dim: 2 }) });
    const queue = build.queue("keys", { size: queueSize, dim: 2 });
    return {
      network,
      phase: ({ epoch }: PhaseMoment) => ({ key: epoch < phaseFrom ? "frozen" : "whole" }),
      step({ views, keep }) {
        const rows = keep(network.embed(views["image"]!));
        return {
          terms: { size: { loss: tf.mean<tf.Scalar>(tf.square(rows)) } },
          after: () => queue.push(rows),
        };
      },
    };
  },
});

/** What is said of a run of 120 images in batches of 32: 3 steps an epoch, 24 images left out. */
async function said(
  { use, ...more }: Record<string, unknown> & { use?: object } = {},
  { images = 120, ...known }: { images?: number } & Pick<PlannedRun, "knnImages" | "typicalSize"> = {},
): Promise<string[]> {
  const config = parseConfig(
    {
      epochs: 3,
      batchSize: 32,
      imageSize: 8,
      data: { train: "." },
      encoder: { use: meanColour },
      plugins: [{ use: toy, ...use }],
      optimizer: { use: sgd, lr: 0.06 },
      ...more,
    },
    { plugins: {}, encoders: {}, optimizers: {} },
    "test",
  );
  const run = prepareRun(config, runFacts(config, images));
  const compiled = compileRun(run, { mode: "graph", statistics: imagenetStatistics });
  try {
    compiled.record(run.phaseAt(0));
    return planFindings({ config, run, ...known }).map(
      ({ level, about, sentence }) => `${level} ${about}: ${sentence}`,
    );
  } finally {
    await compiled.dispose();
    run.dispose();
  }
}

const LEFT_OUT =
  "note batchSize: Each epoch leaves out 24 of the 120 images, others each time: it has 3 whole batches of " +
  "32.";

beforeAll(() => startEngine({ device: "cpu" }));

describe("options are held against the run", () => {
  it("and nothing is said where all fit", async () => {
    expect(await said({}, { images: 96, knnImages: 200 })).toEqual([]);
  });

  it("which leaves images out of each epoch", async () => {
    expect(await said()).toEqual([LEFT_OUT]);
  });

  it("and its images, which are not enlarged to twice their sides without a word", async () => {
    const of = (side: number) => ({ images: 96, typicalSize: { width: side, height: side, of: 32 } });
    expect(await said({ imageSize: 64 }, of(33))).toEqual([]);
    expect(await said({ imageSize: 64 }, of(32))).toEqual([
      "warning imageSize: The images are of about 32 × 32 pixels (median of 32 of them), and imageSize " +
        "enlarges them to 64 × 64: the encoder computes about 4 times as much as at their own size. Set " +
        "imageSize: 32, unless the encoder needs more pixels.",
    ]);
  });

  it("and its queues: one that never fills, one that is larger than the set", async () => {
    const never =
      "warning toy.keys: The queue toy.keys never fills: the run has 9 steps, and 2,048 are needed. " +
      "Its random first rows stay among the negatives. Set a smaller queueSize.";
    const larger = (size: string) =>
      `note toy.keys: The queue toy.keys has ${size} rows, and the set 120 images: earlier embeddings of ` +
      "an image are among its own negatives.";
    expect(await said({ use: { queueSize: 65536 } })).toEqual([never, larger("65,536"), LEFT_OUT]);
    expect(await said({ use: { queueSize: 288 } })).toEqual([larger("288"), LEFT_OUT]);
    expect(await said({ use: { queueSize: 120 } })).toEqual([LEFT_OUT]);
  });

  it("and its warm-up and milestones", async () => {
    // The last of 9 steps has 9 / 30 of the rate that the cosine begins with.
    expect(await said({ optimizer: { use: sgd, lr: 0.06, warmupEpochs: 10 } })).toEqual([
      "warning optimizer.warmupEpochs: The warm-up of 10 epochs (optimizer.warmupEpochs) does not end " +
        "within the run of 3 epochs: the learning rate gets to 0.018 of 0.06.",
      LEFT_OUT,
    ]);
    const steps = { use: sgd, lr: 0.06, schedule: "steps" };
    expect(await said({ optimizer: { ...steps, milestones: [0.5, 0.95, 1] } })).toEqual([
      "warning optimizer.milestones: optimizer.milestones: 0.95 and 1 lie at the end of the run (9 steps), " +
        "so the learning rate is not lowered there.",
      LEFT_OUT,
    ]);
    expect(await said({ optimizer: { ...steps, milestones: [0.6, 0.8] } })).toEqual([LEFT_OUT]);
    expect(await said({ optimizer: { ...steps, warmupEpochs: 1, milestones: [0.2, 0.6] } })).toEqual([
      "warning optimizer.milestones: optimizer.milestones: 0.2 lies within the warm-up of 1 epoch " +
        "(optimizer.warmupEpochs), so the learning rate is lowered from the start.",
      LEFT_OUT,
    ]);
  });

  it("and phases that never come", async () => {
    expect(await said({ use: { phaseFrom: 15 } })).toEqual([
      'warning toy: The phase "whole" of toy never comes: it would begin at step 46 (epoch 16), and the ' +
        "run has 9 steps.",
      LEFT_OUT,
    ]);
    expect(await said({ use: { phaseFrom: 2 } })).toEqual([LEFT_OUT]);
  });

  it("and k, which all images vote for where they are fewer", async () => {
    expect(await said({ evaluation: { k: 200 } }, { knnImages: 120 })).toEqual([
      "note evaluation.k: evaluation.k is 200, and there are 120 labelled training images: all of them vote.",
      LEFT_OUT,
    ]);
  });

  it("and intervals that do not pass once, but for defaults", async () => {
    const config = {
      checkpoint: { everySteps: 10 },
      evaluation: { everyEpochs: 4 },
      health: { everySteps: 50 },
    };
    const never = (option: string, length: string) =>
      `note ${option}, and the run has ${length}: the interval does not pass once.`;
    expect(await said(config)).toEqual([
      never("checkpoint.everySteps: checkpoint.everySteps is 10", "9 steps"),
      never("evaluation.everyEpochs: evaluation.everyEpochs is 4", "3 epochs"),
      never("health.everySteps: health.everySteps is 50", "9 steps"),
      LEFT_OUT,
    ]);
  });
});
