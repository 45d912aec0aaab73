import path from "node:path";

import { asFileName, evaluationSources, inShell, requireNewFolder } from "@tssl/core/internal";
import {
  configFileOf,
  readRunContent,
  type RunConfig,
  type TrainingOptions,
  TsslError,
} from "@tssl/core/run";
import type { Command } from "commander";

import { sourcesOf } from "../config-sources.ts";
import { explain } from "../errors.ts";
import { finish } from "../exit-code.ts";
import { allowChangeWithoutResume, configMissing, outWithResume } from "../messages/usage.ts";
import { refuseMovedImages } from "../moved-images.ts";
import { collect } from "../option-values.ts";
import { overriddenPath, type Override, placedPath, setBy } from "../overrides.ts";
import { launch, LOST } from "../processes/launch.ts";
import {
  type Placement,
  placementOf,
  type ProcessFlags,
  withProcessOptions,
} from "../processes/process-options.ts";
import { givenRole, type Role } from "../processes/role.ts";
import { trainAlong } from "../processes/train-along.ts";
import { ownNamesIn, readConfigToGoOn, readLayeredConfig, readRunConfig } from "../read-run-config.ts";
import { unnamedIn } from "../registry.ts";
import { type ProfileFlags, runAndTell } from "../run-and-tell.ts";
import { setOption } from "../set-option.ts";
import { printNotice, tell } from "../terminal.ts";
import { timeStamp } from "../time-stamp.ts";
import { type TrustFlag, trustOption } from "../trust.ts";

export interface TrainFlags {
  readonly out?: string;
  readonly set: readonly Override[];
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

/** What `tssl train` is asked for, and what this process does among others. */
interface Training extends AllFlags {
  readonly configFile: string | undefined;
  readonly role: Role;
  /** The processes to start; absent where this one trains. */
  readonly placement: Placement | undefined;
}

/** `tssl train <config>`, or `tssl train --resume <run> [config]`. */
async function trainCommand(configFile: string | undefined, flags: AllFlags, role: Role): Promise<number> {
  const placement = role.kind === "alone" ? await placementOf(flags) : undefined;
  const count = placement?.count ?? (role.kind === "alone" ? undefined : role.count);
  // Each process is a replica, unless the command line gives each several GPUs.
  const set = count === undefined ? flags.set : [setBy(`engine.replicas=${count}`), ...flags.set];
  const training = { ...flags, set, configFile, role, placement };
  if (flags.resume !== undefined) return goOn(flags.resume, training);
  if (configFile === undefined) throw configMissing();
  if (flags.allowChange.length > 0) throw allowChangeWithoutResume();
  return begin(configFile, training);
}

async function begin(configFile: string, training: Training): Promise<number> {
  const { role, placement, set, out, profile, trust, maxRestarts } = training;
  const layered = await readLayeredConfig(configFile, set, { trust });
  const { config } = layered;
  if (role.kind === "follow") return trainAlong(config, role);
  const folder = out ?? newRunFolder(config);
  if (placement !== undefined) {
    if (placement.leads) await requireNewFolder(folder);
    const needed = unnamedIn(config.resolved) === undefined ? undefined : configFile;
    return launch({
      ...placement,
      args: [configFile, "--out", folder, ...commonArgs(training)],
      resumeArgs: resumeArgs(folder, needed, training),
      out: folder,
      restarts: maxRestarts,
    });
  }
  const command = commandOf(configFile, set);
  const sources = sourcesOf(layered);
  return runAndTell({ config, configFile, profile, ...meetingOf(role), sources, out: folder, command });
}

async function goOn(run: string, training: Training): Promise<number> {
  const { configFile, role, placement, set, out, allowChange, profile, trust, maxRestarts } = training;
  if (out !== undefined && role.kind === "alone") throw outWithResume();
  const config = await configToResume(run, configFile, set, { trust });
  if (role.kind === "follow") return trainAlong(config, role);
  refuseMovedImages(imagesOf(config), (option) => `--set ${option}=<folder>`);
  if (placement !== undefined) {
    const args = resumeArgs(run, configFile, training);
    return launch({ ...placement, args, resumeArgs: args, out: run, restarts: maxRestarts });
  }
  // A value that is set on the command line is an intended change.
  const intended = [...allowChange, ...set.map(overriddenPath)];
  return runAndTell({
    config,
    profile,
    ...meetingOf(role),
    out: run,
    ...(configFile === undefined ? {} : { configFile }),
    command: commandOf(configFile ?? configFileOf(run), set),
    resume: {
      allowedChanges: intended.map((dotted) => placedPath(config.resolved, dotted, ownNamesIn(config))),
    },
  });
}

/** The images that a run reads, and the options that name them. */
function imagesOf({ settings }: RunConfig) {
  const { train, test } = evaluationSources(settings);
  const trained = { option: "data.train", source: settings.data.train };
  return [trained, train, ...(test === undefined ? [] : [test])];
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

const commandOf = (file: string, set: readonly Override[]): string =>
  ["tssl train", inShell(file), ...set.map(({ text }) => `--set ${inShell(text)}`)].join(" ");
