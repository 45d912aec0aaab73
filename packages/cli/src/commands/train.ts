import path from "node:path";

import {
  asFileName,
  counted,
  evaluationSources,
  inShell,
  percent,
  points,
  requireNewFolder,
} from "@tssl/core/internal";
import {
  configFileOf,
  followTraining,
  readRunContent,
  type RunConfig,
  type RunOutcome,
  runTraining,
  type TrainingOptions,
  TsslError,
} from "@tssl/core/run";
import { reportWriter } from "@tssl/report";
import type { Command } from "commander";

import { bottleneckText } from "../bottleneck-text.ts";
import { sourcesOf } from "../config-sources.ts";
import { corruptText } from "../corrupt-text.ts";
import { explain, seeCode } from "../errors.ts";
import { finish } from "../exit-code.ts";
import { allowChangeWithoutResume, configMissing, outWithResume } from "../messages/usage.ts";
import { refuseMovedImages } from "../moved-images.ts";
import { collect } from "../option-values.ts";
import { overriddenPath, type Override, placedPath, setBy } from "../overrides.ts";
import { launch, LOST } from "../processes/launch.ts";
import { placementOf, type ProcessFlags, withProcessOptions } from "../processes/process-options.ts";
import { givenRole, type Role } from "../processes/role.ts";
import { ownNamesIn, readConfigToGoOn, readLayeredConfig, readRunConfig } from "../read-run-config.ts";
import { unnamedIn } from "../registry.ts";
import { setOption } from "../set-option.ts";
import { EXIT_ON, type StopSwitch, stopSwitch } from "../stop-signals.ts";
import { printNotice, printResult, tell } from "../terminal.ts";
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
  withProcessOptions(
    withRunOptions(
      program
        .command("train")
        .description("train with a config file, or continue a run")
        .argument("[config]", "YAML, JSON or TypeScript file (default with --resume: the run's own)"),
    ),
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
  tssl train --resume runs/run-1 --set epochs=400           with this value changed

Train on many processes, on one machine or on several:
  tssl train config.yaml --processes 4
  tssl train config.yaml --processes 4 --nodes 2 --rendezvous node-a:29400   typed on each machine
  srun tssl train config.yaml                                                or torchrun --no-python`,
    )
    .action(async (config: string | undefined, flags: AllFlags) => {
      const { rendezvous, processes } = flags;
      const role = givenRole(process.env, {
        ...(rendezvous === undefined ? {} : { rendezvous }),
        isCounted: processes !== undefined,
      });
      finish(await tellingOfLoss(() => trainCommand(config, flags, role)));
    });
}

/** Gives the loss of a process an exit code of its own, by which all processes are started again. */
async function tellingOfLoss(train: () => Promise<number>): Promise<number> {
  try {
    return await train();
  } catch (error) {
    if (!(error instanceof TsslError) || error.code !== "PROCESS_LOST") throw error;
    printNotice(`${explain(error)}\n`);
    return LOST;
  }
}

type AllFlags = TrainFlags & ResumeFlags & ProfileFlags & ProcessFlags;

/** `tssl train <config>`, or `tssl train --resume <run> [config]`. */
async function trainCommand(
  configFile: string | undefined,
  { set: given, ...flags }: AllFlags,
  role: Role,
): Promise<number> {
  const { out, resume, allowChange, profile, trust } = flags;
  const placement = role.kind === "alone" ? await placementOf(flags) : undefined;
  const count = placement?.count ?? (role.kind === "alone" ? undefined : role.count);
  // Each process is a replica.
  const set = count === undefined ? given : [...given, setBy(`engine.replicas=${count}`)];
  if (resume !== undefined) {
    if (out !== undefined && role.kind === "alone") throw outWithResume();
    const config = await configToResume(resume, configFile, set, { trust });
    if (role.kind === "follow") return trainAlong(config, role);
    const { train, test } = evaluationSources(config.settings);
    const images = [
      { option: "data.train", source: config.settings.data.train },
      train,
      ...(test === undefined ? [] : [test]),
    ];
    refuseMovedImages(images, (option) => `--set ${option}=<folder>`);
    // A value that is set on the command line is an intended change.
    const intended = [...allowChange, ...set.map(overriddenPath)];
    if (placement !== undefined) {
      const args = resumeArgs(resume, configFile, { ...flags, set });
      return launch({ ...placement, args, resumeArgs: args, out: resume, restarts: flags.maxRestarts });
    }
    return runAndTell({
      config,
      profile,
      ...meetingOf(role),
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
  if (role.kind === "follow") return trainAlong(layered.config, role);
  const folder = out ?? newRunFolder(layered.config);
  if (placement !== undefined) {
    if (placement.leads) await requireNewFolder(folder);
    const needed = unnamedIn(layered.config.resolved) === undefined ? undefined : configFile;
    return launch({
      ...placement,
      args: [configFile, "--out", folder, ...commonArgs({ ...flags, set })],
      resumeArgs: resumeArgs(folder, needed, { ...flags, set }),
      out: folder,
      restarts: flags.maxRestarts,
    });
  }
  return runAndTell({
    config: layered.config,
    profile,
    ...meetingOf(role),
    sources: sourcesOf(layered),
    out: folder,
    configFile,
    command: commandOf(configFile, set),
  });
}

/** The arguments of `tssl train` that a process of a run goes on with. */
const resumeArgs = (
  run: string,
  configFile: string | undefined,
  flags: Pick<AllFlags, "set" | "allowChange" | "profile" | "trust">,
): readonly string[] => [
  ...(configFile === undefined ? [] : [configFile]),
  ...["--resume", run],
  ...flags.allowChange.flatMap((dotted) => ["--allow-change", dotted]),
  ...commonArgs(flags),
];

/** What the environment sets, each process has from there. */
const commonArgs = ({
  set,
  profile,
  trust,
}: Pick<AllFlags, "set" | "profile" | "trust">): readonly string[] => [
  ...set.filter(({ by }) => by === "--set").flatMap(({ text }) => ["--set", text]),
  ...(profile ? ["--profile"] : []),
  ...(trust ? ["--trust"] : []),
];

/** What `runTraining` is told of other processes. */
function meetingOf(role: Role): Pick<TrainingOptions, "processes"> {
  if (role.kind !== "lead") return {};
  if (role.notice !== undefined) tell(role.notice);
  const { count, host, port } = role;
  return { processes: { count, host, port } };
}

/** Takes steps of a run that another process leads, which tells of it. */
async function trainAlong(config: RunConfig, meeting: Extract<Role, { kind: "follow" }>): Promise<number> {
  // The one that leads, which is told, says that all stop.
  const stopping = stopSwitch({ isTold: false });
  try {
    await followTraining({ config, ...meeting, signal: stopping.signal });
    return stopping.exitCode() ?? 0;
  } catch (error) {
    return stoppedBeforeTraining(error, stopping);
  } finally {
    stopping.release();
  }
}

/**
 * Processes that were asked to stop before they had all met have not failed.
 *
 * @returns the exit code of what asked. @throws the error, where it is another one.
 */
function stoppedBeforeTraining(error: unknown, stopping: StopSwitch): number {
  const code = stopping.exitCode();
  if (code === undefined || !(error instanceof TsslError) || error.code !== "PROCESS_FAILED") throw error;
  printNotice(`${error.message}\n`);
  return code;
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
}: Pick<TrainingOptions, "config" | "out" | "command" | "resume" | "sources" | "processes"> &
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
    // Where another process was asked to stop, this one has no signal.
    if (outcome.status === "interrupted") return stopping.exitCode() ?? EXIT_ON.SIGTERM;
    if (outcome.code === "PROCESS_LOST") return LOST;
    return outcome.status === "failed" ? 1 : 0;
  } catch (error) {
    return stoppedBeforeTraining(error, stopping);
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
