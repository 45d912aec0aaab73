import * as messages from "./fine-tuning.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

const share = (top1: number) => ({ fraction: 0.1, top1, images: 1000 });

sentences([
  [
    messages.preTrainingPays(share(0.6), share(0.5)),
    "With 10.0 % of the labels pre-training pays: +10.0 points over the same network from scratch.",
  ],
  [
    messages.preTrainingPays(share(0.52), share(0.5)),
    "With 10.0 % of the labels pre-training makes no clear difference: +2.0 points, and luck explains " +
      "4.4 points.",
  ],
  [
    messages.preTrainingPays(share(0.4), share(0.5)),
    "With 10.0 % of the labels training from scratch is better, by 10.0 points.",
  ],
  [
    messages.fineTuningGoesOn("with 10.0 % of the labels", { epoch: 3, batch: 0 }, 20),
    "An earlier call has trained with 10.0 % of the labels for 3 of 20 epochs; this one goes on.",
  ],
  [
    messages.fineTuningGoesOn("from scratch with 1.0 % of the labels", { epoch: 0, batch: 1 }, 1),
    "An earlier call has trained from scratch with 1.0 % of the labels for 0 of 1 epoch and 1 step; this " +
      "one goes on.",
  ],
  [
    messages.fineTuningEnded("with 10.0 % of the labels"),
    "An earlier call has trained with 10.0 % of the labels to the end; its result is taken.",
  ],
  [
    messages.fineTuningBegunAnew("with 10.0 % of the labels", "It is of other images."),
    "Training with 10.0 % of the labels begins anew: what an earlier call has kept of it cannot be used. " +
      "It is of other images.",
  ],
  [
    messages.fineTuningNotKept("EROFS: read-only file system"),
    "The state of the training cannot be kept (EROFS: read-only file system). Where this call is stopped, " +
      "the next one begins anew.",
  ],
  [messages.fineTuningStopped(true), "Stopped. The same command goes on from here."],
  [messages.fineTuningStopped(false), "Stopped."],
]);

eachIsHere(messages, import.meta.url);
