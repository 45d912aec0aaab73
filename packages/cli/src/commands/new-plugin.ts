import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { inShell, requireEmptyFolder } from "@tssl/core/internal";
import { makeFolders } from "@tssl/engine";
import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { requireOutputFolder } from "../output-places.ts";
import {
  isInWorkspace,
  packageNameOf,
  pluginFiles,
  type PluginKind,
  pluginNameOf,
  type PluginPackage,
} from "../plugin-package.ts";
import { printResult } from "../terminal.ts";

interface NewPluginFlags {
  readonly term: boolean;
}

export function addNewPlugin(parent: Command): void {
  parent
    .command("plugin")
    .description("write a package with a plugin that trains, its test and a config, for you to change")
    .argument("<folder>", "new or empty folder; the plugin takes its name: my-method")
    .option("--term", "a loss term on top of a method, in place of a method", false)
    .addHelpText(
      "after",
      `
The plugin trains as it stands, and passes the test of everything that the contract asks. Beside the plugins
of a clone of tssl (packages/plugin-my-method) the package is made like theirs.

Examples:
  tssl new plugin my-method
  tssl new plugin --term my-term`,
    )
    .action(async (folder: string, flags: NewPluginFlags) => finish(await newPluginCommand(folder, flags)));
}

/** `tssl new plugin <folder>`: writes a package, and says what to type next. */
async function newPluginCommand(folder: string, { term }: NewPluginFlags): Promise<number> {
  const kind: PluginKind = term ? "term" : "method";
  const made: PluginPackage = { kind, name: pluginNameOf(folder), inWorkspace: isInWorkspace(folder) };
  requireOutputFolder("The plugin", folder);
  await requireEmptyFolder(folder);
  const files = Object.entries(await pluginFiles(made));
  for (const [file, text] of files) {
    makeFolders(path.dirname(path.join(folder, file)));
    await writeFile(path.join(folder, file), text, { flag: "wx" });
  }
  printResult(
    [
      `Wrote the package ${packageNameOf(made)} to ${folder}: ${files.map(([file]) => file).join(", ")}.`,
      "Next:",
      ...(made.inWorkspace ? stepsInWorkspace(folder) : steps(folder)).map((step) => `  ${step}`),
      "",
    ].join("\n"),
  );
  return 0;
}

/** The packages that the program itself has, where it runs from a clone. */
const CLONE = fileURLToPath(new URL("../../../..", import.meta.url));

function steps(folder: string): readonly string[] {
  const modules = path.join(CLONE, "node_modules");
  const runsFromClone = isInWorkspace(path.join(CLONE, "packages/cli"));
  return [
    `cd ${inShell(folder)}`,
    runsFromClone ? `ln -s ${inShell(modules)} node_modules  # until tssl is on npm` : "npm install",
    ...(runsFromClone ? [] : ["npx tssl-engine-setup  # once on a machine"]),
    "npm test",
    "npx tssl train config.ts",
  ];
}

const stepsInWorkspace = (folder: string): readonly string[] => [
  "npm install  # links the package",
  `add { "path": "packages/${path.basename(path.resolve(folder))}" } to the references in tsconfig.json`,
  `npm run vitest -- ${inShell(folder)}`,
  "see CONTRIBUTING.md, Add a method, for what a plugin of this repository has besides",
];
