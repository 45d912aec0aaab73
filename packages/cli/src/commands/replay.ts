import { readFailedStep, replayStep } from "@tssl/core/run";
import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { collect, count } from "../option-values.ts";
import { requireOutputFile } from "../output-places.ts";
import { readConfigOfRun } from "../read-run-config.ts";
import { replayText } from "../replay-text.ts";
import { printNotice, printResult, tell } from "../terminal.ts";
import { type TrustFlag, trustOption } from "../trust.ts";

interface ReplayFlags extends TrustFlag {
  readonly step?: number;
  readonly allowChange: readonly string[];
  readonly save?: string;
  readonly json: boolean;
}

export function addReplay(program: Command): void {
  program
    .command("replay")
    .description("repeat one step of a run, and show its tensors and the op that first gave NaN or infinity")
    .argument("<run>", "run folder; it is not changed")
    .option("--step <number>", "number of the step, from 1 (default: the step that failed)", count)
    .option(
      "--allow-change <path>",
      "path of an intended change, as for train --resume; may be repeated",
      collect,
      [],
    )
    .option("--save <file>", "safetensors file for the values of all tensors, for NumPy or PyTorch")
    .option("--json", "one line of JSON, with every tensor of the state", false)
    .addOption(trustOption())
    .addHelpText("after", "\nExample:\n  tssl replay runs/run-1 --step 120")
    .action(async (run: string, flags: ReplayFlags) => finish(await replayCommand(run, flags)));
}

/** `tssl replay <run>`: repeats one step, by default the one that failed, and shows its tensors. */
async function replayCommand(
  runFolder: string,
  { step, allowChange, save, json, trust }: ReplayFlags,
): Promise<number> {
  if (save !== undefined) requireOutputFile("--save", save);
  const replay = await replayStep({
    config: await readConfigOfRun(runFolder, { trust }),
    folder: runFolder,
    step: step ?? (await readFailedStep(runFolder)).step,
    allowedChanges: allowChange,
    tell,
    ...(save === undefined ? {} : { save }),
  });
  if (save !== undefined) printNotice(`Tensors: ${save}\n`);
  printResult(json ? `${JSON.stringify(replay)}\n` : replayText(replay));
  return 0;
}
