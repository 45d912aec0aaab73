import type * as tf from "@tensorflow/tfjs";

import * as messages from "./not-traceable.ts";
import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";

const site = "loss.ts:12:7";
const large = { shape: [512, 513] } as tf.Tensor;
const variable = { name: "weights" } as tf.Variable;

errors([
  [
    "NOT_TRACEABLE",
    messages.opNotRecordable("Qr", site),
    "The op Qr cannot be recorded (at loss.ts:12:7). Write it with other ops, or use engine.mode eager.",
  ],
  [
    "NOT_TRACEABLE",
    messages.typeNotRecordable("int64", site),
    "The step makes a tensor of the type int64, which tfjs does not have (at loss.ts:12:7). " +
      'Ask the op for another type ("float32", "int32" or "bool"), or cast it within the op.',
  ],
  [
    "NOT_TRACEABLE",
    messages.attributeNotRecordable("value"),
    "The kind of the attribute value cannot be recorded.",
  ],
  [
    "NOT_TRACEABLE",
    messages.changingShape("Unique", site),
    "The shape of the result of the op Unique depends on values (at loss.ts:12:7). Shapes are fixed in a " +
      "compiled step: use an op with a result of one shape, such as a mask instead of a selection.",
  ],
  [
    "NOT_TRACEABLE",
    messages.foreignVariable("assigns", variable, site),
    'The step assigns the variable "weights", which is not part of its state (at loss.ts:12:7). ' +
      "Make variables before compiling, and name them in the state; `optimizerState` makes and names those " +
      "of an optimizer.",
  ],
  [
    "NOT_TRACEABLE",
    messages.gradientNotInOptimizerState("weights"),
    'The optimizer gets a gradient of the variable "weights", which `optimizerState` was not told of. Name ' +
      "it there, or leave it out of what `minimize` moves, by its list of variables.",
  ],
  [
    "NOT_TRACEABLE",
    messages.largeConstant(large, 512 * 513 * 4, undefined),
    "The step holds a constant of shape [512, 513], 1.0 MiB. " +
      "Make it state, pass it as an input, or compute it from smaller tensors.",
  ],
  ["NOT_TRACEABLE", messages.randomNumbers("Math.random", site), exampleOf("NOT_TRACEABLE")],
  ["NOT_TRACEABLE", messages.stringConstant(), "A compiled step cannot hold strings."],
  [
    "NOT_TRACEABLE",
    messages.tooManyShapes("sum", ["a float32[1]", "a float32[2]"]),
    'The step "sum" was called with 2 sets of input shapes, and each is recorded and compiled: ' +
      "a float32[1] | a float32[2]. Keep the shapes of its inputs the same.",
  ],
  [
    "NOT_TRACEABLE",
    messages.valueRead(site),
    "The step reads a tensor's value (at loss.ts:12:7). A compiled step runs without JavaScript: compute " +
      "with tensors and return the tensor to be read, or use engine.mode eager.",
  ],
]);

eachIsHere(messages, import.meta.url);
