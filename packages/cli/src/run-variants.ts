import { existsSync } from "node:fs";
import path from "node:path";

import { asFileName } from "@tssl/core/internal";
import { configFileOf } from "@tssl/core/run";
import { readComparedRun } from "@tssl/report";

import { type ChildCommand, startCommand } from "./child-command.ts";
import { onStopSignals, type StopSignal } from "./stop-signals.ts";
import { printNotice } from "./terminal.ts";
import type { Variant } from "./variants.ts";

export interface RunVariants {
  /** How a failed command ended, by the folder of its run. */
  readonly reasons: ReadonlyMap<string, string>;
  readonly stopped?: StopSignal;
  /** The run whose config, images or options were refused before it began, which ends the comparison. */
  readonly refused?: { readonly run: string; readonly code: number };
}

export interface RunVariantsOptions {
  /** Whether each run is evaluated by a linear probe too. */
  readonly linear: boolean;
  readonly trust: boolean;
  /** Changes that runs which go on may find. */
  readonly allowChange: readonly string[];
}

/**
 * Trains the runs that have not finished, one process after another: every variant with the first seed, then
 * every variant with the next. A comparison that is stopped then has all variants of a seed. A run that was
 * stopped continues from its last checkpoint. A run that fails does not stop the others; one that is refused
 * before it begins does, since the same is wrong with every seed.
 */
export async function runVariants(
  folder: string,
  variants: readonly Variant[],
  seeds: readonly number[],
  { linear, trust, allowChange }: RunVariantsOptions,
): Promise<RunVariants> {
  const reasons = new Map<string, string>();
  let child: ChildCommand | undefined;
  let stopped: StopSignal | undefined;
  /** Of the last command. */
  let code = 0;
  const stop = (signal: StopSignal) => {
    stopped = signal;
    child?.kill(signal);
  };
  /** Runs a command; true if it succeeded. */
  const run = async (args: readonly string[], runFolder: string): Promise<boolean> => {
    if (stopped !== undefined) return false;
    child = startCommand(trust ? [...args, "--trust"] : args);
    const ended = await child.ended;
    child = undefined;
    code = ended.code ?? 1;
    if (code === 0) return true;
    const how = ended.signal === null ? `ended with exit code ${code}` : `was ended by ${ended.signal}`;
    if (stopped === undefined) reasons.set(runFolder, `tssl ${args[0]} ${how}`);
    return false;
  };

  const allowed = allowChange.flatMap((change) => ["--allow-change", change]);
  const ignoreSignals = onStopSignals(stop);
  try {
    const runs = seeds.flatMap((seed) => variants.map((variant) => ({ seed, variant })));
    for (const [i, { seed, variant }] of runs.entries()) {
      if (stopped !== undefined) break;
      const runFolder = runFolderOf(variant, seed);
      const place = path.join(folder, runFolder);
      const tell = (text: string) =>
        printNotice(`\n[${i + 1}/${runs.length}] ${variant.name}, seed ${seed}${text}\n`);
      const { status, measured } = await readComparedRun(folder, runFolder, seed);
      let trained = status === "finished";
      if (trained) tell(": finished before");
      else {
        const begun = existsSync(configFileOf(place));
        tell(begun ? ": continues" : "");
        const args = begun ? ["train", "--resume", place, ...allowed] : trainArguments(variant, seed, place);
        trained = await run(args, runFolder);
        if (!trained && stopped === undefined && !existsSync(configFileOf(place))) {
          return { reasons, refused: { run: `${variant.name}, seed ${seed}`, code } };
        }
      }
      if (trained && linear && measured["linear"] === undefined) {
        await run(["evaluate", "linear", place, "--no-baseline"], runFolder);
      }
    }
  } finally {
    ignoreSignals();
  }
  return { reasons, ...(stopped === undefined ? {} : { stopped }) };
}

/** The folder of a run, relative to that of the comparison. */
export const runFolderOf = (variant: Variant, seed: number): string =>
  path.join(variant.folder, `seed-${seed}`);

const trainArguments = (
  { name, config, overrides }: Variant,
  seed: number,
  out: string,
): readonly string[] => [
  "train",
  config,
  "--out",
  out,
  ...[...overrides, `seed=${seed}`, `name=${JSON.stringify(asFileName(`${name}, seed ${seed}`))}`].flatMap(
    (override) => ["--set", override],
  ),
];
