import * as messages from "./lengths.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

sentences([
  [
    messages.queueLargerThanSet("a.keys", 4096, 120),
    "The queue a.keys has 4,096 rows, and the set 120 images: earlier embeddings of an image are among its " +
      "own negatives.",
  ],
  [
    messages.warmupLongerThanRun(10, 1, 0.006, 0.06),
    "The warm-up of 10 epochs (optimizer.warmupEpochs) does not end within the run of 1 epoch: the " +
      "learning rate gets to 0.006 of 0.06.",
  ],
  [
    messages.milestonesBeyondEnd([1], 9),
    "optimizer.milestones: 1 lies at the end of the run (9 steps), so the learning rate is not lowered " +
      "there.",
  ],
  [
    messages.milestonesWithinWarmup([0.02, 0.04], 10),
    "optimizer.milestones: 0.02 and 0.04 lie within the warm-up of 10 epochs (optimizer.warmupEpochs), so " +
      "the learning rate is lowered from the start.",
  ],
  [
    messages.phaseNeverComes("swav", "queue", { step: 585, epoch: 15 }, 117),
    'The phase "queue" of swav never comes: it would begin at step 586 (epoch 16), and the run has ' +
      "117 steps.",
  ],
  [
    messages.imagesEnlarged({ width: 32, height: 32, of: 20 }, { width: 224, height: 224 }, 49),
    "The images are of about 32 × 32 pixels (median of 20 of them), and imageSize enlarges them to " +
      "224 × 224: the encoder computes about 49 times as much as at their own size. Set imageSize: 32, " +
      "unless the encoder needs more pixels.",
  ],
  [
    messages.moreNeighboursThanImages(200, 120),
    "evaluation.k is 200, and there are 120 labelled training images: all of them vote.",
  ],
  [
    messages.intervalLongerThanRun("checkpoint.everySteps", 5000, 1, "steps"),
    "checkpoint.everySteps is 5,000, and the run has 1 step: the interval does not pass once.",
  ],
  [
    messages.imagesLeftOut({ left: 8, datasetSize: 5000, batchSize: 64, stepsPerEpoch: 78 }),
    "Each epoch leaves out 8 of the 5,000 images, others each time: it has 78 whole batches of 64.",
  ],
]);

eachIsHere(messages, import.meta.url);
