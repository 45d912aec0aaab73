import { configFileOf, readFailedStep, readRunContent, replayStep } from "@tssl/core";

import { readRunConfig } from "../read-run-config.ts";
import { replayText } from "../replay-text.ts";

export interface ReplayFlags {
  readonly step?: number;
  readonly allowChange: readonly string[];
  readonly json: boolean;
}

/** `tssl replay <run>`: takes one step again, by default the one that failed, and shows its tensors. */
export async function replayCommand(
  runFolder: string,
  { step, allowChange, json }: ReplayFlags,
): Promise<number> {
  await readRunContent(runFolder);
  const replay = await replayStep({
    config: await readRunConfig(configFileOf(runFolder)),
    folder: runFolder,
    step: step ?? (await readFailedStep(runFolder)).step,
    allowedChanges: allowChange,
    tell: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  process.stdout.write(json ? `${JSON.stringify(replay)}\n` : replayText(replay));
  return 0;
}
