import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";
import * as messages from "./starting.ts";

errors([
  [
    "ALREADY_STARTED",
    messages.alreadyStarted({ device: "cpu" }, { device: "gpu" }),
    exampleOf("ALREADY_STARTED"),
  ],
  ["NOT_STARTED", messages.notStarted(), exampleOf("NOT_STARTED")],
  [
    "NOT_STARTED",
    messages.startedToRecord("the op Relu"),
    "The engine was started to record steps, and cannot compute the op Relu. " +
      "Compute it in a step, or call `await startEngine()`.",
  ],
]);

eachIsHere(messages, import.meta.url);
