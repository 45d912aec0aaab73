import * as messages from "./computing.ts";
import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";

const site = "loss.ts:12:7";

errors([
  [
    "COMPUTE_FAILED",
    messages.inputsFreed("train"),
    'The inputs of this call of "train" were freed. Run a loaded call once, and before its program is ' +
      "disposed.",
  ],
  [
    "COMPUTE_FAILED",
    messages.madeAt(messages.tensorflowFailed("indices[0] = 7\n\t is not in [0, 2)"), site),
    "TensorFlow: indices[0] = 7 is not in [0, 2) (made at loss.ts:12:7)",
  ],
  ["COMPUTE_FAILED", messages.operationMissing("Conv2D_3"), 'The graph has no operation "Conv2D_3".'],
  ["COMPUTE_FAILED", messages.programDisposed(), "The program was disposed and can run nothing any more."],
  [
    "COMPUTE_FAILED",
    messages.tensorflowFailed("Incompatible shapes: [16,8] vs. [16,7]"),
    exampleOf("COMPUTE_FAILED"),
  ],
  [
    "COMPUTE_FAILED",
    messages.inputsDoNotFit("Add", [[2, 3], []], "Shapes are [2,3] and []."),
    "TensorFlow: Shapes are [2,3] and [] for Add with input shapes: [2,3], []",
  ],
  ["COMPUTE_FAILED", messages.inputsDoNotFit("NoOp", [], "None"), "TensorFlow: None for NoOp"],
]);

eachIsHere(messages, import.meta.url);
