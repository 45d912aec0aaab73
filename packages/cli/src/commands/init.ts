import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";

import { inShell } from "@tssl/core/internal";
import { makeFolders } from "@tssl/engine";
import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { initConfigText, initKinds, initMethods, SCHEMA_FILE } from "../init-config.ts";
import { askForRun, type Given, onTerminal, takeDefaults } from "../init-questions.ts";
import { fileExists } from "../messages/init.ts";
import { typedCommand } from "../npm-folder.ts";
import { countTo, oneOf } from "../option-values.ts";
import { requireOutputFile } from "../output-places.ts";
import { readRunConfig } from "../read-run-config.ts";
import { printResult, tell } from "../terminal.ts";
import { wholeSchema } from "../whole-schema.ts";

interface InitFlags extends Given {
  /** Asks nothing, and takes the default of every answer that is not given. */
  readonly yes: boolean;
}

export function addInit(program: Command): void {
  program
    .command("init")
    .description(
      "ask for images, a method, an encoder, epochs and a name, and write a config with the source of each " +
        "value",
    )
    .argument(
      "[place]",
      "a folder or a .yaml file; only the schema beside it may be overwritten",
      "config.yaml",
    )
    .option("--images <folder>", "images to train on: a folder, a .txt list or tar shards")
    .option(
      "--kind <kind>",
      "small images such as CIFAR's, or photos (default: as the first image)",
      oneOf(initKinds),
    )
    .option("--method <name>", `one of ${initMethods.join(", ")} (default: moco+clsa)`, oneOf(initMethods))
    .option("--encoder <name>", "a ResNet, such as resnet18 (default: the preset's)")
    .option("--epochs <count>", "passes over the images (default: the preset's)", countTo(1_000_000))
    .option("--name <name>", "name of the run (default: of images and method)")
    .option("-y, --yes", "ask nothing; use the default of everything that is not given", false)
    .addHelpText(
      "after",
      "\nExample:\n  tssl init my-run --images ./images --method byol+clsa --epochs 100 --yes",
    )
    .action(async (place: string, flags: InitFlags) => finish(await initCommand(place, flags)));
}

/** `tssl init [place]`: asks for what is not given, and writes a config and the schema that it names. */
async function initCommand(place: string, { yes, ...given }: InitFlags): Promise<number> {
  const file = /\.ya?ml$/i.test(place) ? place : path.join(place, "config.yaml");
  if (existsSync(file)) throw fileExists(file);
  requireOutputFile("The config", file);
  const answers =
    process.stdin.isTTY && !yes
      ? await onTerminal((ask) => askForRun(ask, given, tell))
      : await askForRun(takeDefaults, given, tell);
  const text = await initConfigText(answers, file);
  makeFolders(path.dirname(file));
  await writeFile(file, text, { flag: "wx" });
  await writeFile(path.join(path.dirname(file), SCHEMA_FILE), wholeSchema());
  await readRunConfig(file);
  printResult(
    `Wrote ${file}, and beside it ${SCHEMA_FILE} for editors.\nNext: ${typedCommand()} train ` +
      `${inShell(file)}\n`,
  );
  return 0;
}
