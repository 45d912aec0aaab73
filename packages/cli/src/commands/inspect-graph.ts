import { writeFile } from "node:fs/promises";

import {
  engineOptions,
  inspectRun,
  programOptions,
  type RunConfig,
  type RunInspection,
} from "@tssl/core/run";
import { chromeTrace, type EngineInfo, startEngine } from "@tssl/engine";
import { type Command, Option } from "commander";

import { finish } from "../exit-code.ts";
import { inspectionText } from "../inspection-text.ts";
import { count } from "../option-values.ts";
import { readRunConfig } from "../read-run-config.ts";
import { setOption } from "../set-option.ts";

interface InspectGraphFlags {
  readonly mode?: "graph" | "xla";
  readonly steps: number;
  readonly set: readonly string[];
  readonly trace?: string;
  readonly json: boolean;
}

export function addInspectGraph(inspect: Command): void {
  inspect
    .command("graph")
    .description(
      "what the compiled training step does, and where its time goes on this machine; reads no data",
    )
    .argument("<config>", "YAML, JSON or TypeScript file")
    .addOption(
      new Option("--mode <mode>", "how the step runs (default: the config's)").choices(["graph", "xla"]),
    )
    .option("--steps <count>", "runs that are timed, besides the first and those traced", count, 5)
    .addOption(setOption())
    .option("--trace <file>", "write the traced run for https://ui.perfetto.dev or chrome://tracing")
    .option("--json", "one line of JSON with everything", false)
    .addHelpText(
      "after",
      "\nExample:\n  tssl inspect graph config.yaml --set batchSize=64 --trace trace.json",
    )
    .action(async (config: string, flags: InspectGraphFlags) =>
      finish(await inspectGraphCommand(config, flags)),
    );
}

/** `tssl inspect graph <config>`: what the compiled training step does and where its time goes; no data is read. */
async function inspectGraphCommand(
  configFile: string,
  { mode, steps, set, trace, json }: InspectGraphFlags,
): Promise<number> {
  const config = await readRunConfig(configFile, set);
  const engine = await startEngine(engineOptions(config.settings.engine));
  const own = programOptions(config.settings.engine, engine);
  const chosen = mode ?? own.mode.mode;
  if (!json) process.stderr.write("recording the step, then running it …\n");
  const inspection = await inspectRun(config, {
    mode: chosen === "xla" ? "xla" : "graph",
    precision: own.precision,
    steps,
  });

  await print(
    json
      ? `${JSON.stringify(jsonOf(config, engine, inspection))}\n`
      : inspectionText(config, engine, inspection),
  );
  if (trace !== undefined) {
    await writeFile(trace, JSON.stringify(chromeTrace(inspection.trace)));
    if (!json) await print(`\nTrace: ${trace}, for https://ui.perfetto.dev or chrome://tracing.\n`);
  }
  return 0;
}

/** Resolves once all of it is handed over: a pipe takes some hundred KB at a time, and the program ends without waiting. */
const print = (text: string): Promise<void> =>
  new Promise((resolve) => void process.stdout.write(text, () => resolve()));

/** Everything; an op that ran names the recorded one it comes from instead of repeating it. */
const jsonOf = (config: RunConfig, engine: EngineInfo, { trace, ...rest }: RunInspection) => ({
  plugins: config.plugins.map(({ plugin }) => plugin.name),
  encoder: config.encoder.definition.name,
  engine,
  ...rest,
  trace: trace.map(({ recorded, ...op }) => ({ ...op, node: recorded?.node ?? null })),
});
