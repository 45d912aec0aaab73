import { fileURLToPath } from "node:url";

import { inShell } from "@tssl/core/internal";
import { cifar10Subset } from "@tssl/demo-data";
import type { Command } from "commander";

import { sourcesOf } from "../config-sources.ts";
import { finish } from "../exit-code.ts";
import { readConfigLayers } from "../extended-config.ts";
import { layeredConfig } from "../read-run-config.ts";
import { timeStamp } from "../time-stamp.ts";
import { runAndTell } from "../run-and-tell.ts";
import { type TrainFlags, withRunOptions } from "./train.ts";

const CONFIG = fileURLToPath(new URL("../../demo.yaml", import.meta.url));

export function addDemo(program: Command): void {
  withRunOptions(
    program.command("demo").description("train MoCo + CLSA on a bundled CIFAR-10 subset and write a report"),
  ).action(async (flags: TrainFlags) => finish(await demoCommand(flags)));
}

/** `tssl demo`: trains MoCo + CLSA on the bundled images, with a config that users can copy. */
async function demoCommand({ out, set }: TrainFlags): Promise<number> {
  const bundled = { file: "the bundled images", content: { data: await cifar10Subset() } };
  const layers = [...(await readConfigLayers(CONFIG)), bundled];
  const layered = await layeredConfig(layers, set, CONFIG, {
    folder: ".",
    trust: { config: "own", given: false },
  });
  return runAndTell({
    config: layered.config,
    sources: sourcesOf(layered),
    out: out ?? `runs/demo-${timeStamp()}`,
    command: ["tssl demo", ...set.map(({ text }) => `--set ${inShell(text)}`)].join(" "),
  });
}
