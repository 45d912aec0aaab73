import { readRecordedRun, recordedRunData } from "@tssl/report";
import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { standingText } from "../standing-text.ts";
import { printResult } from "../terminal.ts";

interface InspectRunFlags {
  readonly json: boolean;
}

/** @returns the command, for `inspect graph` to be added to. */
export function addInspectRun(program: Command): Command {
  return program
    .command("inspect")
    .description("show the progress and the health of a run, and what to do next; needs no labels")
    .argument("<run>", "run folder; the run may still be training")
    .option("--json", "one line of JSON with everything", false)
    .addHelpText(
      "after",
      "\nExamples:\n  tssl inspect runs/demo\n  tssl inspect runs/demo --json\n  tssl inspect graph " +
        "config.yaml",
    )
    .action(async (run: string, flags: InspectRunFlags) => finish(await inspectRunCommand(run, flags)));
}

/** `tssl inspect <run>`: progress and health of a run, and what to do next. */
async function inspectRunCommand(runFolder: string, { json }: InspectRunFlags): Promise<number> {
  const run = await readRecordedRun(runFolder);
  const { metrics: _metrics, references: _references, config: _config, ...standing } = recordedRunData(run);
  printResult(json ? `${JSON.stringify(standing)}\n` : standingText(standing, runFolder));
  return 0;
}
