import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./representation.ts";

const tensor = { shape: [2, 4], dtype: "int32" } as const;

sentences([
  [
    messages.representationWithoutNetwork("mine"),
    "[mine] setup returns a `representation` and no `network`, but evaluation asks the plugin that has the " +
      "network. Return both, or neither.",
  ],
  [
    messages.representationMisshapen("mine", 4, 8, tensor),
    "[mine] representation: features of 4 images must be [4, 8] float32 (featureDim is 8), got [2, 4] " +
      "int32.",
  ],
  [
    messages.representationVaries("mine"),
    "[mine] representation: features gives other values each time for the same images. Draw no random " +
      "numbers in it.",
  ],
  [
    messages.representationDependsOnBatch("mine"),
    "[mine] representation: features of an image depend on the other images of its batch. Pass images " +
      'through networks in mode "inference".',
  ],
  [
    messages.representationMovesState("mine", ["mine.bn.running_mean"]),
    '[mine] representation: features changes the state "mine.bn.running_mean". Pass images through ' +
      'networks in mode "inference".',
  ],
]);

eachIsHere(messages, import.meta.url);
