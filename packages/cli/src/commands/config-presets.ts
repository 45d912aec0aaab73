import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { presetNames, presetNotes } from "../presets.ts";

export function addConfigPresets(config: Command): void {
  config
    .command("presets")
    .description("what can stand after extends:, with the paper and the source of each")
    .action(async () => finish(await configPresetsCommand()));
}

/** `tssl config presets`: what can stand after `extends:`, with the paper and the source of each. */
async function configPresetsCommand(): Promise<number> {
  for (const name of presetNames) {
    const notes = await presetNotes(name);
    process.stdout.write(`${name}\n${notes.map((note) => `  ${note}\n`).join("")}`);
  }
  return 0;
}
