import path from "node:path";

import {
  configFileOf,
  readRunContent,
  type RunConfig,
  type RunOutcome,
  runTraining,
  type TrainingOptions,
} from "@tssl/core/run";
import { reportWriter } from "@tssl/report";
import type { Command } from "commander";

import { bottleneckText } from "../bottleneck-text.ts";
import { sourcesOf } from "../config-sources.ts";
import { corruptText } from "../corrupt-text.ts";
import { seeCode, usageError } from "../errors.ts";
import { finish } from "../exit-code.ts";
import { inShell } from "../in-shell.ts";
import { collect } from "../option-values.ts";
import { placedPath } from "../overrides.ts";
import { readRunConfig } from "../read-run-config.ts";
import { setOption } from "../set-option.ts";
import { EXIT_ON, onStopSignals, type StopSignal } from "../stop-signals.ts";
import { timeStamp } from "../time-stamp.ts";
import { trainingDisplay } from "../training-display.ts";

export interface TrainFlags {
  readonly out?: string;
  readonly set: readonly string[];
}

interface ProfileFlags {
  /** Says at the end where the time went. */
  readonly profile: boolean;
}

interface ResumeFlags {
  /** The folder of the run that goes on. */
  readonly resume?: string;
  readonly allowChange: readonly string[];
}

/** What every command that starts a run takes. */
export const withRunOptions = (command: Command): Command =>
  command
    .option("--out <folder>", "run folder, new or empty (default: runs/<name>-<time>)")
    .addOption(setOption());

export function addTrain(program: Command): void {
  withRunOptions(
    program
      .command("train")
      .description("train by a config file, or go on with a run")
      .argument("[config]", "YAML, JSON or TypeScript file; with --resume by default the run's own"),
  )
    .option("--resume <run>", "go on with this run from its newest checkpoint, to the same numbers")
    .option(
      "--allow-change <path>",
      "with --resume: what has changed on purpose, such as optimizer.lr, images.train or versions; may be repeated",
      collect,
      [],
    )
    .option(
      "--profile",
      "say at the end whether the loader or the step takes the time, and what to do",
      false,
    )
    .addHelpText(
      "after",
      `
A config file:
  data: { train: ./images, test: ./labelled-test }   # paths count from the file's folder
  imageSize: 32
  epochs: 200
  batchSize: 256
  encoder: { use: resnet18, stem: cifar }
  plugins: [{ use: moco }, { use: clsa, beta: 1 }]
  optimizer: { use: sgd, lr: 0.06, momentum: 0.9, weightDecay: 5e-4 }

A run that was stopped or killed:
  tssl train --resume runs/run-1                            goes on as if nothing had happened
  tssl train --resume runs/run-1 --set epochs=400           goes on with this value changed`,
    )
    .action(async (config: string | undefined, flags: TrainFlags & ResumeFlags & ProfileFlags) =>
      finish(await trainCommand(config, flags)),
    );
}

/** `tssl train <config>`, and `tssl train --resume <run>`, where the config may be left out. */
async function trainCommand(
  configFile: string | undefined,
  { out, set, resume, allowChange, profile }: TrainFlags & ResumeFlags & ProfileFlags,
): Promise<number> {
  if (resume !== undefined) {
    if (out !== undefined)
      throw usageError("--out goes with a new run; --resume goes on in the run's own folder.");
    await readRunContent(resume);
    const file = configFile ?? configFileOf(resume);
    const config = await readRunConfig(file, set);
    // What is set on the command line is meant.
    const meant = [...allowChange, ...set.map((override) => override.split("=")[0]!)];
    return runAndTell({
      config,
      profile,
      out: resume,
      command: commandOf(file, set),
      resume: { allowedChanges: meant.map((dotted) => placedPath(config.resolved, dotted)) },
    });
  }
  if (configFile === undefined) throw usageError("train needs a config file, or --resume <run>.");
  if (allowChange.length > 0) throw usageError("--allow-change goes with --resume.");
  const config = await readRunConfig(configFile, set);
  return runAndTell({
    config,
    profile,
    sources: await sourcesOf(configFile, set),
    out: out ?? newRunFolder(config),
    command: commandOf(configFile, set),
  });
}

/** "runs/demo-2026-11-23-21-05-59" */
const newRunFolder = (config: RunConfig): string =>
  path.join("runs", `${config.settings.name}-${timeStamp()}`);

/** Runs a training to its end, or to the first Ctrl-C, which lets the step finish; a second one ends at once. */
export async function runAndTell({
  profile = false,
  ...options
}: Pick<TrainingOptions, "config" | "out" | "command" | "resume" | "sources"> &
  Partial<ProfileFlags>): Promise<number> {
  const controller = new AbortController();
  let signalled: StopSignal | undefined;
  const stop = (signal: StopSignal) => {
    if (signalled !== undefined) process.exit(EXIT_ON[signalled]);
    signalled = signal;
    process.stderr.write("\nStopping after this step; press Ctrl-C again to stop at once.\n");
    controller.abort();
  };
  const stopAlone = () => stop("SIGTERM");
  const ignoreSignals = onStopSignals(stop);
  // The channel to the program that started this one, if one did: it closes when that one dies.
  process.on("disconnect", stopAlone);
  try {
    const outcome = await runTraining({
      ...options,
      observers: [trainingDisplay(), reportWriter()],
      signal: controller.signal,
    });
    if (profile && outcome.bottleneck !== undefined) {
      process.stdout.write(bottleneckText(outcome.bottleneck));
    }
    process.stderr.write(corruptText(outcome.corruptFiles ?? [], "views of others instead"));
    process.stdout.write(lastWords(outcome, `tssl train --resume ${inShell(options.out)}`));
    if (outcome.status === "interrupted") return signalled === undefined ? 1 : EXIT_ON[signalled];
    return outcome.status === "failed" ? 1 : 0;
  } finally {
    ignoreSignals();
    process.off("disconnect", stopAlone);
  }
}

function lastWords(outcome: RunOutcome, goOn: string): string {
  const { status, reason, code, steps, evaluations, folder } = outcome;
  const report = `Report: ${path.join(folder, "report.html")}\n`;
  if (status === "failed") {
    const coded = code === undefined ? "" : `\n${seeCode(code)}`;
    return `Error: the run failed after ${steps} steps: ${reason}${coded}\nGo on with: ${goOn}\n${report}`;
  }
  if (status === "interrupted")
    return `Stopped after ${steps} steps; the state is saved in ${path.join(folder, "checkpoints")}.\nGo on with: ${goOn}\n${report}`;
  const [first, last] = [evaluations[0], evaluations.at(-1)];
  if (first === undefined || last === undefined) return report;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const gain = 100 * (last.accuracy - first.accuracy);
  return `kNN ${percent(last.accuracy)}, ${gain >= 0 ? "+" : ""}${gain.toFixed(1)} points on the untrained encoder (${percent(first.accuracy)}).\n${report}`;
}

const commandOf = (file: string, set: readonly string[]): string =>
  ["tssl train", inShell(file), ...set.map((override) => `--set ${inShell(override)}`)].join(" ");
