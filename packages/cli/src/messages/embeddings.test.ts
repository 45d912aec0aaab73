import * as messages from "./embeddings.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

errors([
  [
    "USAGE",
    messages.moreClustersThanImages(50, 48),
    "--clusters must be 1 to 48, the images that are clustered, got 50.",
  ],
  ["USAGE", messages.notAnEmbeddingFile("x.csv"), '--out must end in .parquet or .npy, got "x.csv".'],
  [
    "INVALID_OPTION",
    messages.imageTooLarge("4096 × 4096", 6.5e9, 2 ** 30),
    "One image of 4096 × 4096 pixels needs about 6.05 GiB of memory in this encoder, and 1.00 GiB are " +
      "free. Use an encoder of smaller images, or a machine with more memory.",
  ],
]);

sentences([
  [
    messages.smallerBatch(256, "4096 × 4096", 1.6e12, 20e9, 3),
    "A batch of 256 images of 4096 × 4096 pixels needs about 1.46 TiB of memory, and 18.6 GiB are free: " +
      "3 images are taken at a time.",
  ],
  [
    messages.embeddingGoesOn(1024, 5000),
    "An earlier call has computed 1,024 of 5,000 images; this one goes on.",
  ],
  [messages.embedded(1024, 5000, 312.4, "13 s"), "1,024 of 5,000 images, 312 a second, 13 s left."],
  [messages.embeddingsWritten(5000, 512, "a.npy"), "5,000 images, 512 features: a.npy"],
  [messages.nearDuplicatesFound(0, 0), "No near duplicates."],
  [messages.nearDuplicatesFound(1, 1), "1 group of near duplicates, each with its smallest cosine:"],
  [
    messages.nearDuplicatesFound(30, 20),
    "30 groups of near duplicates, of which the 20 largest follow, each with its smallest cosine:",
  ],
  [messages.OUTLIERS, "Images that are like no other, each with the mean cosine to its nearest:"],
]);

eachIsHere(messages, import.meta.url);
