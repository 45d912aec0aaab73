import path from "node:path";

import { asFileName, counted, evaluationSources, inShell, percent, points } from "@tssl/core/internal";
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
import { seeCode } from "../errors.ts";
import { finish } from "../exit-code.ts";
import { allowChangeWithoutResume, configMissing, outWithResume } from "../messages/usage.ts";
import { refuseMovedImages } from "../moved-images.ts";
import { collect } from "../option-values.ts";
import { overriddenPath, type Override, placedPath } from "../overrides.ts";
import { ownNamesIn, readConfigToGoOn, readLayeredConfig, readRunConfig } from "../read-run-config.ts";
import { unnamedIn } from "../registry.ts";
import { setOption } from "../set-option.ts";
import { stopSwitch } from "../stop-signals.ts";
import { printNotice, printResult } from "../terminal.ts";
import { timeStamp } from "../time-stamp.ts";
import { trainingDisplay } from "../training-display.ts";
import { type TrustFlag, trustOption } from "../trust.ts";

export interface TrainFlags {
  readonly out?: string;
  readonly set: readonly Override[];
}

interface ProfileFlags {
  /** Shows at the end which stage took the time. */
  readonly profile: boolean;
}

interface ResumeFlags extends TrustFlag {
  /** Folder of the run to continue. */
  readonly resume?: string;
  readonly allowChange: readonly string[];
}

/** Adds the options of every command that starts a run. */
export const withRunOptions = (command: Command): Command =>
  command
    .option("--out <folder>", "run folder, new or empty (default: runs/<name>-<time>)")
    .addOption(setOption());

export function addTrain(program: Command): void {
  withRunOptions(
    program
      .command("train")
      .description("train with a config file, or continue a run")
      .argument("[config]", "YAML, JSON or TypeScript file (default with --resume: the run's own)"),
  )
    .option("--resume <run>", "continue this run from its newest checkpoint, with the same results")
    .option(
      "--allow-change <path>",
      "with --resume: path of an intended change, such as optimizer.lr, images.train or versions; may be " +
        "repeated",
      collect,
      [],
    )
    .addOption(trustOption())
    .option(
      "--profile",
      "show at the end whether the loader or the step takes the time, and what to do about it",
      false,
    )
    .addHelpText(
      "after",
      `
A config file:
  data: { train: ./images, test: ./labelled-test }   # paths are relative to this file
  imageSize: 32
  epochs: 200
  batchSize: 256
  encoder: { use: resnet18, stem: cifar }
  plugins: [{ use: moco }, { use: clsa, beta: 1 }]
  optimizer: { use: sgd, lr: 0.06, momentum: 0.9, weightDecay: 5e-4 }

Continue a run that was stopped or killed:
  tssl train --resume runs/run-1                            with the results of an uninterrupted run
  tssl train --resume runs/run-1 --set epochs=400           with this value changed`,
    )
    .action(async (config: string | undefined, flags: TrainFlags & ResumeFlags & ProfileFlags) =>
      finish(await trainCommand(config, flags)),
    );
}

/** `tssl train <config>`, or `tssl train --resume <run> [config]`. */
async function trainCommand(
  configFile: string | undefined,
  { out, set, resume, allowChange, profile, trust }: TrainFlags & ResumeFlags & ProfileFlags,
): Promise<number> {
  if (resume !== undefined) {
    if (out !== undefined) throw outWithResume();
    const config = await configToResume(resume, configFile, set, { trust });
    const { train, test } = evaluationSources(config.settings);
    const images = [
      { option: "data.train", source: config.settings.data.train },
      train,
      ...(test === undefined ? [] : [test]),
    ];
    refuseMovedImages(images, (option) => `--set ${option}=<folder>`);
    // A value that is set on the command line is an intended change.
    const intended = [...allowChange, ...set.map(overriddenPath)];
    return runAndTell({
      config,
      profile,
      out: resume,
      ...(configFile === undefined ? {} : { configFile }),
      command: commandOf(configFile ?? configFileOf(resume), set),
      resume: {
        allowedChanges: intended.map((dotted) => placedPath(config.resolved, dotted, ownNamesIn(config))),
      },
    });
  }
  if (configFile === undefined) throw configMissing();
  if (allowChange.length > 0) throw allowChangeWithoutResume();
  const layered = await readLayeredConfig(configFile, set, { trust });
  return runAndTell({
    config: layered.config,
    profile,
    sources: sourcesOf(layered),
    out: out ?? newRunFolder(layered.config),
    configFile,
    command: commandOf(configFile, set),
  });
}

async function configToResume(
  run: string,
  configFile: string | undefined,
  set: readonly Override[],
  flags: TrustFlag,
): Promise<RunConfig> {
  if (configFile === undefined) return readConfigToGoOn(run, set, flags);
  await readRunContent(run); // refuses a folder that is not that of a run
  return readRunConfig(configFile, set, flags);
}

/** "runs/demo-2026-11-23-21-05-59" */
const newRunFolder = (config: RunConfig): string =>
  path.join("runs", `${asFileName(config.settings.name)}-${timeStamp()}`);

/**
 * Trains to the end, or until the first Ctrl-C, after which the step finishes; a second Ctrl-C ends at once.
 */
export async function runAndTell({
  profile = false,
  configFile,
  ...options
}: Pick<TrainingOptions, "config" | "out" | "command" | "resume" | "sources"> &
  Partial<ProfileFlags> & { readonly configFile?: string }): Promise<number> {
  const stopping = stopSwitch();
  try {
    const outcome = await runTraining({
      ...options,
      observers: [trainingDisplay(), reportWriter()],
      signal: stopping.signal,
    });
    if (profile && outcome.bottleneck !== undefined) {
      printResult(bottleneckText(outcome.bottleneck));
    }
    printNotice(
      corruptText(
        outcome.corruptFiles ?? [],
        "views of other images took their place" +
          (outcome.evaluations.length === 0 ? "" : ", and kNN does without them"),
        outcome.corruptReasons,
      ),
    );
    // What stood in the config itself is not in the run's folder.
    const isNeeded = configFile !== undefined && unnamedIn(options.config.resolved) !== undefined;
    const config = isNeeded ? `${inShell(configFile)} ` : "";
    printResult(lastWords(outcome, `tssl train ${config}--resume ${inShell(options.out)}`));
    if (outcome.status === "interrupted") return stopping.exitCode() ?? 1;
    return outcome.status === "failed" ? 1 : 0;
  } finally {
    stopping.release();
  }
}

function lastWords(outcome: RunOutcome, resume: string): string {
  const { status, reason, code, steps, evaluations, folder } = outcome;
  const report = `Report: ${path.join(folder, "report.html")}\n`;
  if (status === "failed") {
    const coded = code === undefined ? "" : `\n${seeCode(code)}`;
    return (
      `Error: the run failed after ${counted(steps, "step")}: ${reason}${coded}\n` +
      `To continue: ${resume}\n${report}`
    );
  }
  if (status === "interrupted") {
    const saved = path.join(folder, "checkpoints");
    return (
      `Stopped after ${counted(steps, "step")}; the state is saved in ${saved}.\n` +
      `To continue: ${resume}\n${report}`
    );
  }
  const [first, last] = [evaluations[0], evaluations.at(-1)];
  if (first === undefined || last === undefined) return report;
  const gain = points(last.accuracy - first.accuracy);
  const untrained = percent(first.accuracy);
  return `kNN ${percent(last.accuracy)}, ${gain} over the untrained encoder (${untrained}).\n${report}`;
}

const commandOf = (file: string, set: readonly Override[]): string =>
  ["tssl train", inShell(file), ...set.map(({ text }) => `--set ${inShell(text)}`)].join(" ");
