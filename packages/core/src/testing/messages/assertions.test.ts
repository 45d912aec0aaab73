import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./assertions.ts";

sentences([
  [
    messages.probedLengthDiffers("step 0: mine.center", 2.5, 2, 0.001),
    "step 0: mine.center: its length must be 2, give or take 0.0010, got 2.5",
  ],
  [
    messages.probedElementDiffers("step 0: mine.center", { at: 3, count: 12 }, 2.5, 2, 0.001),
    "step 0: mine.center: element 3 of 12 must be 2, give or take 0.0010, got 2.5",
  ],
  [
    messages.goldenOptimizerUnknown("adamw", ["sgd", "larc"]),
    'settings.optimizer: golden steps can be taken with sgd and larc, got "adamw".',
  ],
  [messages.nothingThrown(), "The call must throw, and it did not."],
]);

eachIsHere(messages, import.meta.url);
