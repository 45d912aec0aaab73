import * as messages from "./expected.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

const knn = { quantity: "knn", epoch: 15, low: 0.259, high: 0.334, got: 0.299 } as const;
const loss = { quantity: "loss", epoch: 1, low: 8.5, high: 9.5, got: 9.75 } as const;

sentences([
  [
    messages.expectedPlace("instdisc/small", 5, "within", knn),
    "kNN accuracy of 29.9 % at epoch 15 is within the expected band of instdisc/small, 25.9 % to 33.4 % (5 " +
      "runs).",
  ],
  [
    messages.expectedPlace("instdisc/small", 5, "above", loss),
    "The mean loss of 9.75 at epoch 1 is above the expected band of instdisc/small, 8.5 to 9.5 (5 runs). " +
      "One healthy run of twenty lies outside; another seed tells. If it does too, compare versions and " +
      "device with those of the receipt, which `tssl table` shows.",
  ],
  [
    messages.otherImagesThanExpected("instdisc/small"),
    "Its config is that of instdisc/small, but its images are others than those of the expected curve, so " +
      "it is not held to it.",
  ],
  [
    messages.expectedLater("instdisc/small", loss),
    "Its config is that of instdisc/small: a mean loss of 8.5 to 9.5 is expected at epoch 1.",
  ],
]);

eachIsHere(messages, import.meta.url);
