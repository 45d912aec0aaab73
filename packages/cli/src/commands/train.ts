import path from "node:path";

import { runTraining, type RunConfig, type RunOutcome } from "@tssl/core";

import { readRunConfig } from "../read-run-config.ts";
import { timeStamp } from "../time-stamp.ts";
import { trainingDisplay } from "../training-display.ts";

export interface TrainFlags {
  readonly out?: string;
  readonly set: readonly string[];
}

/** `tssl train <config>` */
export async function trainCommand(configFile: string, { out, set }: TrainFlags): Promise<number> {
  const config = await readRunConfig(configFile, set);
  return runAndTell(
    config,
    out ?? newRunFolder(config),
    ["tssl train", configFile, ...set.map((s) => `--set ${s}`)].join(" "),
  );
}

/** "runs/demo-2026-11-23-21-05-59" */
const newRunFolder = (config: RunConfig): string =>
  path.join("runs", `${config.settings.name}-${timeStamp()}`);

/** Exit codes after a signal. */
export const EXIT_ON = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs a training to its end, or to the first Ctrl-C, which lets the step finish; a second one ends at once. */
export async function runAndTell(config: RunConfig, out: string, command: string): Promise<number> {
  const controller = new AbortController();
  let signalled: keyof typeof EXIT_ON | undefined;
  const stop = (signal: NodeJS.Signals) => {
    if (signalled !== undefined) process.exit(EXIT_ON[signalled]);
    signalled = signal as keyof typeof EXIT_ON;
    process.stderr.write("\nStopping after this step; press Ctrl-C again to stop at once.\n");
    controller.abort();
  };
  const stopAlone = () => stop("SIGTERM");
  process.on("SIGINT", stop).on("SIGTERM", stop);
  // The channel to the program that started this one, if one did: it closes when that one dies.
  process.on("disconnect", stopAlone);
  try {
    const outcome = await runTraining({
      config,
      out,
      observers: [trainingDisplay()],
      signal: controller.signal,
      command,
    });
    process.stdout.write(lastWords(outcome));
    if (outcome.status === "interrupted") return signalled === undefined ? 1 : EXIT_ON[signalled];
    return outcome.status === "failed" ? 1 : 0;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop).off("disconnect", stopAlone);
  }
}

function lastWords({ status, reason, steps, evaluations, folder }: RunOutcome): string {
  const report = `Report: ${path.join(folder, "report.html")}\n`;
  if (status === "failed") return `Error: the run failed after ${steps} steps: ${reason}\n${report}`;
  if (status === "interrupted")
    return `Stopped after ${steps} steps; the state is saved in ${path.join(folder, "checkpoints")}.\n${report}`;
  const [first, last] = [evaluations[0], evaluations.at(-1)];
  if (first === undefined || last === undefined) return report;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const gain = 100 * (last.result.accuracy - first.result.accuracy);
  return `kNN ${percent(last.result.accuracy)}, ${gain >= 0 ? "+" : ""}${gain.toFixed(1)} points on the untrained encoder (${percent(first.result.accuracy)}).\n${report}`;
}
