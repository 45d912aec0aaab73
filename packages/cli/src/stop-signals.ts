import path from "node:path";

/** What lets a training finish its step and save, with the exit code after it. */
export const EXIT_ON = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export type StopSignal = keyof typeof EXIT_ON;

/**
 * Calls `stop` for each signal that asks to end.
 *
 * A terminal that closes (SIGHUP) asks nothing of a program that `nohup` started. Node undoes what nohup does, ignoring SIGHUP, before any of our
 * code runs; bash and zsh name the command that they started in the environment.
 *
 * @returns a function that ends it.
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
