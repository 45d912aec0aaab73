import { viewShape } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import { imagenetStatistics } from "../../networks/normalize-images.ts";
import { adamw } from "../../optimizers/adamw.ts";
import { hostImages } from "../../training/batches.ts";
import { compileRun } from "../../training/compile-run.ts";
import type { HostPart } from "../../training/host-part.ts";
import type { PreparedRun } from "../../training/prepare-run.ts";
import { lossDoesNotFall } from "../encoder-messages.ts";
import { noiseAroundColours } from "../noise-around-colours.ts";
import { tellApart } from "../tell-apart.ts";
import { testRun } from "../test-run.ts";
import type { EncoderRule } from "./encoder-check.ts";
import { SEED } from "./subject.ts";

const BATCH = 8;
const STEPS = 5;
const LEARNING_RATE = 1e-3;

export const learning: EncoderRule = {
  name: "learning",
  async find({ encoder, options, imageSize }) {
    const run = testRun({
      encoder: { ...options, use: encoder },
      plugins: [{ use: tellApart }],
      optimizer: { use: adamw, lr: LEARNING_RATE },
      batchSize: BATCH,
      imageSize,
      seed: SEED,
    });
    const compiled = compileRun(run, { mode: "eager", statistics: imagenetStatistics });
    try {
      const losses: number[] = [];
      for (let step = 0; step <= STEPS; step++) {
        const scalars = await compiled.load([sameImages(run)], LEARNING_RATE, run.phaseAt(0)).run();
        losses.push(scalars["loss"]!);
      }
      const [first, last] = [losses[0]!, losses[STEPS]!];
      return last < first ? [] : [lossDoesNotFall(encoder.name, STEPS, { first, last })];
    } finally {
      await compiled.dispose();
      run.dispose();
    }
  },
};

/** Images of a colour each, with other noise in each view. */
const sameImages = ({ views }: PreparedRun): HostPart => ({
  views: Object.fromEntries(
    Object.entries(views).map(([name, { recipe }]) => {
      const shape = viewShape(recipe, 3);
      const numbers = tf.util.sizeFromShape([...shape]);
      const around = noiseAroundColours(
        { colours: "colour", noise: name },
        { count: BATCH, numbers },
        { colours: 64, noise: 32 },
      );
      const values = Uint8Array.from(around, (x) => 128 + x);
      return [name, { values, shape: [BATCH, ...shape] }];
    }),
  ),
  ...hostImages(
    Array.from({ length: BATCH }, (_, i) => i),
    undefined,
  ),
  inputs: {},
});
