import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { presetNames, presetNotes } from "../presets.ts";
import { printResult } from "../terminal.ts";

export function addConfigPresets(config: Command): void {
  config
    .command("presets")
    .description("list the presets that a config can extend, with the paper and the source of each")
    .action(async () => finish(await configPresetsCommand()));
}

/** `tssl config presets`: the presets, with the paper and the source of each. */
async function configPresetsCommand(): Promise<number> {
  for (const name of presetNames) {
    const notes = await presetNotes(name);
    printResult(`${name}\n${notes.map((note) => `  ${note}\n`).join("")}`);
  }
  return 0;
}
