import { fileURLToPath } from "node:url";

import { readConfigFile } from "@tssl/core/run";
import { cifar10Subset } from "@tssl/demo-data";
import type { Command } from "commander";

import { sourcesOf } from "../config-sources.ts";
import { finish } from "../exit-code.ts";
import { applyOverrides } from "../overrides.ts";
import { resolveConfig } from "../read-run-config.ts";
import { timeStamp } from "../time-stamp.ts";
import { runAndTell, type TrainFlags, withRunOptions } from "./train.ts";

const CONFIG = fileURLToPath(new URL("../../demo.yaml", import.meta.url));

export function addDemo(program: Command): void {
  withRunOptions(
    program.command("demo").description("train MoCo + CLSA on a bundled CIFAR-10 subset and write a report"),
  ).action(async (flags: TrainFlags) => finish(await demoCommand(flags)));
}

/** `tssl demo`: MoCo + CLSA on the bundled images, by the config that a user can copy. */
async function demoCommand({ out, set }: TrainFlags): Promise<number> {
  const images = await cifar10Subset();
  const content = (await readConfigFile(CONFIG)) as Record<string, unknown>;
  const config = await resolveConfig(applyOverrides({ ...content, data: images }, set), ".", CONFIG);
  const folder = out ?? `runs/demo-${timeStamp()}`;
  const command = ["tssl demo", ...set.map((override) => `--set ${override}`)].join(" ");
  const bundled = "the bundled images";
  const sources = { ...(await sourcesOf(CONFIG, set)), "data.train": bundled, "data.test": bundled };
  return runAndTell({ config, sources, out: folder, command });
}
