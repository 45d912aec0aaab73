import * as messages from "./outcome.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

const change = { untrained: 0.296, trained: 0.361, epoch: 10 };
const small = "The gain is too small to be sure: kNN accuracy went from 29.6 % (untrained) to 31.1 %";

sentences([
  [
    messages.learned(change),
    "The encoder learned: kNN accuracy rose from 29.6 % (untrained) to 36.1 % after 10 epochs (+6.5 points).",
  ],
  // The gain is that of the numbers shown.
  [
    messages.learned({ untrained: 0.29649, trained: 0.36151, epoch: 1 }),
    "The encoder learned: kNN accuracy rose from 29.6 % (untrained) to 36.2 % after 1 epoch (+6.6 points).",
  ],
  [messages.shown(0.36151), 0.362],
  [
    messages.gotWorse({ ...change, trained: 0.104 }),
    "The encoder got worse: kNN accuracy fell from 29.6 % (untrained) to 10.4 % after 10 epochs (−19.2 " +
      "points).",
  ],
  [
    messages.didNotLearn({ ...change, trained: 0.292, epoch: 1 }),
    "The encoder did not learn: kNN accuracy went from 29.6 % (untrained) to 29.2 % after 1 epoch (−0.4 " +
      "points).",
  ],
  [
    messages.gainTooSmall({ ...change, trained: 0.311 }, 0.0404, 1000),
    `${small} after 10 epochs (+1.5 points). On 1,000 test images, chance explains differences below 4.0 ` +
      "points.",
  ],
  [
    messages.gainTooSmall({ ...change, trained: 0.311 }, 0.0404, undefined),
    `${small} after 10 epochs (+1.5 points).`,
  ],
  [
    messages.gainUnknown(0.361, 10, 0.1),
    "kNN accuracy reached 36.1 % after 10 epochs (guessing: 10.0 %). " +
      "The untrained encoder was not measured, so the gain is unknown.",
  ],
  [messages.knnNotANumber(2), "kNN accuracy was not a number after 2 epochs."],
  [
    messages.NO_ACCURACY,
    "No labelled images were classified, so how well the encoder tells classes apart is not known.",
  ],
  [
    messages.noKnnYet(true, 0.296),
    "kNN accuracy has not been measured since training began. The untrained encoder reached 29.6 %.",
  ],
  [messages.noKnnYet(false, undefined), "The run ended before kNN accuracy was measured again."],
  [
    messages.nothingMeasured("no labels", false),
    "The images have no labels, so no accuracy says what the encoder learned.",
  ],
  [
    messages.nothingMeasured("no kNN", true),
    "kNN accuracy was not measured, so no accuracy says what the encoder learned. Judge by the neighbours " +
      "below.",
  ],
  [messages.notClearlyBetterThanGuessing(0.1), "This is not clearly better than guessing (10.0 %)."],
  [messages.fellSinceItsBest(0.42, 1), "kNN accuracy was best after 1 epoch (42.0 %) and has fallen since."],
  [messages.lossNotANumber(1060), "Training broke down: the loss was not a number from step 1,060 on."],
  [messages.lossChange(6.96, 5.04), "The loss fell from 6.96 to 5.04."],
  [messages.lossChange(5, 5.00001), "The loss stayed at 5."],
]);

eachIsHere(messages, import.meta.url);
