import * as messages from "./notes.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

sentences([
  [
    messages.undecodedImages(["a.jpg"]),
    "1 image could not be decoded (a.jpg). Views of other images were used instead, and kNN did without.",
  ],
  [
    messages.undecodedImages(["a", "b", "c", "d", "e", "f"]),
    "6 images could not be decoded (a, b, c, d, e, …). Views of other images were used instead, and kNN " +
      "did without.",
  ],
  [
    messages.changedFrom(12, ["epochs was 4, is 5", "seed was 0, is 1"]),
    "From step 12 on, the run was changed: epochs was 4, is 5; seed was 0, is 1.",
  ],
  [
    messages.neighboursOfClass(0, 1),
    "Of the neighbours shown, 0.0 % had the image's class before training and 100.0 % after.",
  ],
  [
    messages.WHY,
    {
      evaluateLinear: "train a linear classifier on the encoder's features",
      evaluateKnn: "classify other images",
      watch: "follow it live",
      resume: "go on from the newest checkpoint",
    },
  ],
]);

eachIsHere(messages, import.meta.url);
