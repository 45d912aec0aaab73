// The sentences of errors ALREADY_STARTED and NOT_STARTED.

import { EngineError } from "../errors.ts";

/** @param running options that the engine runs with, as JSON. */
export const alreadyStarted = (running: object, asked: object): EngineError =>
  new EngineError(
    "ALREADY_STARTED",
    `The engine runs with ${JSON.stringify(running)} and cannot change to ${JSON.stringify(asked)}.`,
    { remedy: "Start it once per process, or use a new process.", data: { running, asked } },
  );

export const notStarted = (): EngineError =>
  new EngineError("NOT_STARTED", "The engine is not started.", {
    remedy: "Call `await startEngine()` first.",
  });

/** @param what was asked for: "the op Relu". */
export const startedToRecord = (what: string): EngineError =>
  new EngineError("NOT_STARTED", `The engine was started to record steps, and cannot compute ${what}.`, {
    remedy: "Compute it in a step, or call `await startEngine()`.",
    data: { what },
  });
