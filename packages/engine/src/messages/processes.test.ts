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
    "2 processes compute together by TensorFlow, so that a program has 1 replica or 2, got 3.",
  ],
  [
    "INVALID_OPTION",
    messages.processesInMode("xla"),
    'Several processes compute together in mode "graph" or on devices, in mode "pjrt", got "xla". ' +
      "Set engine.mode to graph.",
  ],
  [
    "INVALID_OPTION",
    messages.replicasOfProcesses(3, 2),
    "replicas must be a multiple of the 2 processes, which have as many devices each, got 3.",
  ],
  [
    "PROCESSES_FAILED",
    messages.processGone("process 1 (at 10.0.0.2:40001)", "read ECONNRESET"),
    "An exchange with another process failed: process 1 (at 10.0.0.2:40001) is gone: read ECONNRESET. " +
      "Start all processes again.",
  ],
  [
    "PROCESSES_FAILED",
    messages.processSilent("process 1 (at 10.0.0.2:40001)", 60),
    "An exchange with another process failed: process 1 (at 10.0.0.2:40001) has not been heard of for 60 " +
      "seconds. Start all processes again.",
  ],
  [
    "PROCESSES_FAILED",
    messages.processNotFound("process 1 (at 10.0.0.2:40001)", 300),
    "An exchange with another process failed: process 1 (at 10.0.0.2:40001) has not been found in 300 " +
      "seconds. It may not be reached from here, or compute by another engine. Start all processes again.",
  ],
  [
    "PROCESSES_FAILED",
    messages.anotherExchange("process 1 (at 10.0.0.2:40001)"),
    "An exchange with another process failed: process 1 (at 10.0.0.2:40001) computes another step than " +
      "this one, or another part of it. Start all processes again.",
  ],
]);

eachIsHere(messages, import.meta.url);
