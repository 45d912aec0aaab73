import * as messages from "./evaluation.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "INVALID_DATA",
    messages.scoresMissing(2, 3, 5),
    "classification: 2 labels of 3 classes need 6 scores, got 5.",
  ],
  [
    "INVALID_DATA",
    messages.featuresDisagree({ features: [9, 64], labels: 8 }, { features: [3, 32], labels: 3 }),
    "knn: features and labels must agree in number, and both sets in feature length, " +
      "got [9, 64] with 8 labels to train and [3, 32] with 3 labels to test.",
  ],
  [
    "INVALID_DATA",
    messages.pointsNotFinite(7, Number.NaN),
    "kmeans: row 7 must have finite numbers alone, got NaN.",
  ],
]);

eachIsHere(messages, import.meta.url);
