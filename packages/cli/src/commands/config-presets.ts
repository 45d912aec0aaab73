import { presetNames, presetNotes } from "../presets.ts";

/** `tssl config presets`: what can stand after `extends:`, with the paper and the source of each. */
export async function configPresetsCommand(): Promise<number> {
  for (const name of presetNames) {
    const notes = await presetNotes(name);
    process.stdout.write(`${name}\n${notes.map((note) => `  ${note}\n`).join("")}`);
  }
  return 0;
}
