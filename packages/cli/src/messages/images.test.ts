import * as messages from "./images.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

errors([
  [
    "INVALID_DATA",
    messages.nothingToMeasure(3, { file: "a.npy", found: "an array", advice: "Set depth to 32." }),
    "None of 3 images can be decoded: nothing is measured. The first is a.npy: an array. Set depth to 32.",
  ],
  [
    "INVALID_DATA",
    messages.imagesMoved("data.train", "/old/images", "--set data.train=<folder>"),
    "data.train of the run is /old/images, where nothing is. If its images have moved, say where they are: " +
      "--set data.train=<folder>",
  ],
]);

sentences([[messages.lookedAt(1024, 5000), "Looked at 1,024 of 5,000 images."]]);

eachIsHere(messages, import.meta.url);
