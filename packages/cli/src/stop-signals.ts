import path from "node:path";

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
