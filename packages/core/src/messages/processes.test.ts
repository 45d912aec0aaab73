import * as messages from "./processes.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

errors([
  [
    "PROCESS_LOST",
    messages.processLost("process 2 (of node-b)", "its connection was closed"),
    "process 2 (of node-b) is gone: its connection was closed. All processes must be started again.",
  ],
  [
    "PROCESS_LOST",
    messages.exchangeLost("Socket closed"),
    "Another process is gone: an exchange with it failed (Socket closed). All processes must be " +
      "started again.",
  ],
  [
    "PROCESS_FAILED",
    messages.processFailed("process 1", "./images must be a folder.", "INVALID_DATA"),
    "process 1 has ended: ./images must be a folder.",
  ],
  [
    "PROCESS_LOST",
    messages.leaderLost("node-a:29400"),
    "The process that leads the run, at node-a:29400, has ended without a word. All processes must " +
      "be started " +
      "again.",
  ],
  [
    "PROCESS_FAILED",
    messages.noLeader("node-a:29400", 300, "connect ECONNREFUSED"),
    "No process leads a run at node-a:29400 (connect ECONNREFUSED, tried for 300 seconds). Start the " +
      "one that " +
      "leads there, and see that this machine can reach the address.",
  ],
  [
    "PROCESS_FAILED",
    messages.stoppedWaiting(1, 3, "node-a:29400"),
    "Stopped before training began: 1 of 3 other processes had come to node-a:29400.",
  ],
  [
    "PROCESS_FAILED",
    messages.stoppedLooking("node-a:29400"),
    "Stopped before the process that leads, at node-a:29400, began to train.",
  ],
  [
    "PROCESS_FAILED",
    messages.notAllCame(1, 3, "node-a:29400", 300),
    "1 other process of 3 came to node-a:29400 within 300 seconds. Start the others, and see that their " +
      "machines can reach the address.",
  ],
  [
    "PROCESS_FAILED",
    messages.cannotListen("node-a:29400", "EADDRINUSE"),
    "The run cannot be led at node-a:29400: EADDRINUSE. Choose another address or port.",
  ],
  [
    "PROCESS_FAILED",
    messages.brokenFrame(),
    "What arrived from another process is not what tssl sends. See that all machines have the same " +
      "version of " +
      "tssl, and that no other program uses the address.",
  ],
  [
    "INVALID_OPTION",
    messages.notAlike([
      { path: "optimizer.lr", text: "was 0.1, is 0.2" },
      { path: "versions.tssl", text: 'was "0.1.0", is "0.2.0"' },
    ]),
    "Processes that train together must be started alike, and this one differs from the one that leads: " +
      'optimizer.lr was 0.1, is 0.2; versions.tssl was "0.1.0", is "0.2.0".',
  ],
  [
    "INVALID_OPTION",
    messages.replicasAndProcesses(1, 2),
    "engine.replicas must be the number of processes, 2, or where each has several GPUs a multiple of it, " +
      "got 1.",
  ],
]);

sentences([
  [
    messages.askedToStop("process 2 (of node-b)"),
    "Stopping after this step: process 2 (of node-b) was asked to stop.",
  ],
]);

eachIsHere(messages, import.meta.url);
