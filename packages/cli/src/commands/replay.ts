import { configFileOf, readFailedStep, readRunContent, replayStep } from "@tssl/core/run";
import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { collect, count } from "../option-values.ts";
import { readRunConfig } from "../read-run-config.ts";
import { replayText } from "../replay-text.ts";

interface ReplayFlags {
  readonly step?: number;
  readonly allowChange: readonly string[];
  readonly save?: string;
  readonly json: boolean;
}

export function addReplay(program: Command): void {
  program
    .command("replay")
    .description("take one step of a run again, and show its tensors and where numbers stop being finite")
    .argument("<run>", "run folder; nothing in it is changed")
    .option("--step <number>", "from 1 (default: the step that failed)", count)
    .option(
      "--allow-change <path>",
      "what has changed on purpose, as for train --resume; may be repeated",
      collect,
      [],
    )
    .option("--save <file>", "the values of all its tensors, as safetensors, for NumPy or PyTorch")
    .option("--json", "one line of JSON with every tensor of the state too", false)
    .addHelpText("after", "\nExample:\n  tssl replay runs/run-1 --step 120")
    .action(async (run: string, flags: ReplayFlags) => finish(await replayCommand(run, flags)));
}

/** `tssl replay <run>`: takes one step again, by default the one that failed, and shows its tensors. */
async function replayCommand(
  runFolder: string,
  { step, allowChange, save, json }: ReplayFlags,
): Promise<number> {
  await readRunContent(runFolder);
  const replay = await replayStep({
    config: await readRunConfig(configFileOf(runFolder)),
    folder: runFolder,
    step: step ?? (await readFailedStep(runFolder)).step,
    allowedChanges: allowChange,
    tell: (sentence) => process.stderr.write(`${sentence}\n`),
    ...(save === undefined ? {} : { save }),
  });
  if (save !== undefined) process.stderr.write(`Tensors: ${save}\n`);
  process.stdout.write(json ? `${JSON.stringify(replay)}\n` : replayText(replay));
  return 0;
}
