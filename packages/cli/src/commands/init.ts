import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { type Command, Option } from "commander";

import { usageError } from "../errors.ts";
import { finish } from "../exit-code.ts";
import { initConfigText, initKinds, initMethods, SCHEMA_FILE } from "../init-config.ts";
import { askForRun, type Given, onTerminal, takeDefaults } from "../init-questions.ts";
import { count } from "../option-values.ts";
import { readRunConfig } from "../read-run-config.ts";
import { wholeSchema } from "../whole-schema.ts";

interface InitFlags extends Given {
  /** Ask nothing. */
  readonly yes: boolean;
}

export function addInit(program: Command): void {
  program
    .command("init")
    .description(
      "ask for images, their size, a method and epochs, and write a config that says where its values come from",
    )
    .argument(
      "[place]",
      "a folder, or a .yaml file; nothing is overwritten but the schema beside it",
      "config.yaml",
    )
    .option("--images <folder>", "JPEG, PNG or WebP images to train on")
    .addOption(
      new Option(
        "--kind <kind>",
        "small images as CIFAR's, or photos (default: what the first image is)",
      ).choices(initKinds),
    )
    .addOption(new Option("--method <name>", "what is trained (default: moco+clsa)").choices(initMethods))
    .option("--epochs <count>", "passes over the images (default: the preset's)", count)
    .option("-y, --yes", "ask nothing: defaults for whatever is not given", false)
    .addHelpText(
      "after",
      "\nExample:\n  tssl init my-run --images ./images --method byol+clsa --epochs 100 --yes",
    )
    .action(async (place: string, flags: InitFlags) => finish(await initCommand(place, flags)));
}

/** `tssl init [place]`: asks what is not given, and writes a config and the schema that it names. */
async function initCommand(place: string, { yes, ...given }: InitFlags): Promise<number> {
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
