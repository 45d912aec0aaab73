import path from "node:path";

import { printNotice } from "./terminal.ts";

/** Signals that let a training finish its step and save, each with its exit code. */
export const EXIT_ON = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export type StopSignal = keyof typeof EXIT_ON;

/**
 * Calls `stop` for each signal that asks the program to end.
 *
 * A program that `nohup` started ignores a closed terminal (SIGHUP). nohup makes SIGHUP ignored, but Node
 * undoes this before any of our code runs. So nohup is recognized by the environment: bash and zsh put the
 * command that they started there.
 *
 * @returns a function that removes the listeners.
 */
export function onStopSignals(stop: (signal: StopSignal) => void): () => void {
  const isUnderNohup = path.basename(process.env["_"] ?? "") === "nohup";
  const listener = (signal: NodeJS.Signals) => {
    if (signal !== "SIGHUP" || !isUnderNohup) stop(signal as StopSignal);
  };
  const signals = Object.keys(EXIT_ON) as StopSignal[];
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/** Asks a work to end after its step, and tells it in words. */
export interface StopSwitch {
  readonly signal: AbortSignal;
  /** The exit code of what asked for it; undefined where nothing did. */
  exitCode(): number | undefined;
  /** Removes the listeners. */
  release(): void;
}

/**
 * The first signal, such as that of Ctrl-C, lets a step finish; the second ends the program at once.
 *
 * @param isTold whether the user is told of it. Default true.
 */
export function stopSwitch({ isTold = true } = {}): StopSwitch {
  const controller = new AbortController();
  let signalled: StopSignal | undefined;
  const stop = (signal: StopSignal) => {
    if (signalled !== undefined) process.exit(EXIT_ON[signalled]);
    signalled = signal;
    if (isTold) printNotice("\nStopping after this step; press Ctrl-C again to stop at once.\n");
    controller.abort();
  };
  const stopAlone = () => stop("SIGTERM");
  const ignoreSignals = onStopSignals(stop);
  // If another program started this one, there is a channel between them, which closes when the other one
  // dies.
  process.on("disconnect", stopAlone);
  return {
    signal: controller.signal,
    exitCode: () => (signalled === undefined ? undefined : EXIT_ON[signalled]),
    release() {
      ignoreSignals();
      process.off("disconnect", stopAlone);
    },
  };
}
