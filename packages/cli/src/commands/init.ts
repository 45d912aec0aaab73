import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { usageError } from "../errors.ts";
import { initConfigText, SCHEMA_FILE } from "../init-config.ts";
import { askForRun, type Given, onTerminal, takeDefaults } from "../init-questions.ts";
import { readRunConfig } from "../read-run-config.ts";
import { wholeSchema } from "../whole-schema.ts";

export interface InitFlags extends Given {
  /** Ask nothing. */
  readonly yes: boolean;
}

/** `tssl init [place]`: asks what is not given, and writes a config and the schema that it names. */
export async function initCommand(place: string, { yes, ...given }: InitFlags): Promise<number> {
  const file = /\.ya?ml$/i.test(place) ? place : path.join(place, "config.yaml");
  if (existsSync(file))
    throw usageError(`${file} is there already; nothing was written. Name another place.`);
  const tell = (text: string) => void process.stderr.write(`${text}\n`);
  const answers =
    process.stdin.isTTY && !yes
      ? await onTerminal((ask) => askForRun(ask, given, tell))
      : await askForRun(takeDefaults, given, tell);
  const text = await initConfigText(answers, file);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text, { flag: "wx" });
  await writeFile(path.join(path.dirname(file), SCHEMA_FILE), wholeSchema());
  await readRunConfig(file);
  process.stdout.write(
    `Wrote ${file}, and ${SCHEMA_FILE} beside it for editors.\nNext: tssl train ${file}\n`,
  );
  return 0;
}
