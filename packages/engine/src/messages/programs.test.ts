import * as messages from "./programs.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "INVALID_OPTION",
    messages.notShareable("train", "x", [6, 2], 4),
    'The step "train" shares the rows of its input "x" out over 4 replicas, and its shape [6, 2] has no ' +
      "equal parts.",
  ],
  [
    "INVALID_OPTION",
    messages.stateOfOneReplica("train"),
    'The step "train" changes the state, which several replicas hold, on the first of them alone. Compile ' +
      'it with "shared", so that all replicas run it.',
  ],
  ["INVALID_OPTION", messages.stateMissing("bias"), 'The program has no state "bias".'],
  [
    "INVALID_OPTION",
    messages.wrongArgumentCount(3, 2),
    "Every device needs as many arguments as the first, which has 3, got 2.",
  ],
  [
    "INVALID_OPTION",
    messages.wrongArraySize("int32", [2, 2], 16, 15),
    "An array of int32 and shape [2, 2] has 16 bytes, got 15.",
  ],
  [
    "INVALID_OPTION",
    messages.wrongDeviceCount(4, 3),
    "The program runs on 4 devices and needs arguments for each, got those of 3.",
  ],
  [
    "INVALID_OPTION",
    messages.wrongInputSize("x", [10, 100], 1000, 2),
    'The input "x" of shape [10, 100] needs 1000 values, got 2.',
  ],
  [
    "INVALID_OPTION",
    messages.wrongStateValues("count", 1, "Int32Array", Float32Array.of(1, 2)),
    'State "count" needs a Int32Array with 1 values, got a Float32Array with 2.',
  ],
]);

eachIsHere(messages, import.meta.url);
