import * as messages from "./processes.ts";
import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";

errors([
  [
    "PROCESSES_FAILED",
    messages.processesNotJoined("10.0.0.1:40001", "Could not start gRPC server"),
    exampleOf("PROCESSES_FAILED"),
  ],
  [
    "PROCESSES_FAILED",
    messages.exchangeFailed("Socket closed"),
    "An exchange with another process failed: Socket closed Start all processes again.",
  ],
  [
    "INVALID_OPTION",
    messages.invalidProcesses(2, 2),
    "processes.rank must be a whole number from 0 to 1, since there are 2 addresses, got 2.",
  ],
  ["INVALID_OPTION", messages.tooFewProcesses(1), "processes must have 2 or more addresses, got 1."],
  [
    "INVALID_OPTION",
    messages.replicasAreProcesses(3, 2),
    "2 processes compute together, so that a program has 1 replica or 2, got 3.",
  ],
  [
    "INVALID_OPTION",
    messages.processesInMode("xla"),
    'Several processes compute together in mode "graph" alone, got "xla". Set engine.mode to graph.',
  ],
]);

eachIsHere(messages, import.meta.url);
