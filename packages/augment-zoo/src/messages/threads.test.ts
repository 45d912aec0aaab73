import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";
import * as messages from "./threads.ts";

const cause = new Error("out of memory");

errors([
  [
    messages.fatalImage("a.jpg", "the thread ended with code 3", 3),
    "a.jpg: it ended a thread 3 times (the thread ended with code 3). Remove it.",
  ],
  [
    messages.fatalImage("a.jpg", "Unable to grow instance memory", 3),
    "a.jpg: memory is too short for it 3 times (Unable to grow instance memory). Use fewer workers, or " +
      "remove it.",
  ],
  [messages.kernelsMissing("kernels.wasm"), "kernels.wasm does not exist. Build it first: npm run build"],
  [
    messages.noThreadsLeft(cause),
    "The loader has no worker threads left (out of memory). Close it and create another one.",
  ],
  [
    messages.threadsFailed(["a.jpg", "b.jpg"], cause),
    "Worker threads failed at 2 files in a row, so the fault is not theirs: a.jpg, b.jpg (out of memory). " +
      "Memory is short: use fewer workers.",
  ],
  [
    messages.threadsFailed(["a.jpg", "b.jpg"], new Error("exit code 3")),
    "Worker threads failed at 2 files in a row, so the fault is not theirs: a.jpg, b.jpg (exit code 3).",
  ],
  [
    messages.workerMissing("worker.js"),
    "worker.js does not exist. Build it first: npx tsc -b packages/augment-zoo",
  ],
]);

sentences([
  [
    messages.fewDecoders({ workers: 8, threads: 4, enough: 20 }),
    "8 workers decode 4 images at a time, because Node's pool has 4 threads. " +
      "Start the program with UV_THREADPOOL_SIZE=20 in its environment.",
  ],
]);

eachIsHere(messages, import.meta.url);
