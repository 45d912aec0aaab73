import {
  engineOptions,
  forecastRun,
  inspectRun,
  programOptions,
  type RunConfig,
  type RunInspection,
} from "@tssl/core/run";
import { writeOutput } from "@tssl/core/internal";
import { type CardName, CARDS, chromeTrace, type EngineInfo, startEngine } from "@tssl/engine";
import { type Command, Option } from "commander";

import { finish } from "../exit-code.ts";
import { forecastText } from "../forecast-text.ts";
import { inspectionText } from "../inspection-text.ts";
import { countTo } from "../option-values.ts";
import { requireOutputFile } from "../output-places.ts";
import type { Override } from "../overrides.ts";
import { readRunConfig } from "../read-run-config.ts";
import { setOption } from "../set-option.ts";
import { printNotice, resultPrinted } from "../terminal.ts";
import { type TrustFlag, trustOption } from "../trust.ts";

interface InspectGraphFlags extends TrustFlag {
  readonly mode?: "graph" | "xla";
  readonly card?: CardName;
  readonly steps: number;
  readonly set: readonly Override[];
  readonly trace?: string;
  readonly json: boolean;
}

export function addInspectGraph(inspect: Command): void {
  inspect
    .command("graph")
    .description("show the ops of the compiled training step and their time on this machine; needs no images")
    .argument("<config>", "YAML, JSON or TypeScript file")
    .addOption(
      new Option("--mode <mode>", "mode of the step (default: the config's)").choices(["graph", "xla"]),
    )
    .addOption(
      new Option(
        "--card <name>",
        "compile the step for a GPU that need not be here, and show whether it fits",
      ).choices(Object.keys(CARDS)),
    )
    .option(
      "--steps <count>",
      "number of timed runs, after the first and besides the traced ones",
      countTo(10_000),
      5,
    )
    .addOption(setOption())
    .addOption(trustOption())
    .option("--trace <file>", "write the trace of a run for https://ui.perfetto.dev or chrome://tracing")
    .option("--json", "one line of JSON with everything", false)
    .addHelpText(
      "after",
      "\nExamples:\n  tssl inspect graph config.yaml --set batchSize=64 --trace trace.json\n" +
        "  tssl inspect graph config.yaml --card h100 --set engine.replicas=8",
    )
    .action(async (config: string, flags: InspectGraphFlags) =>
      finish(await inspectGraphCommand(config, flags)),
    );
}

/**
 * `tssl inspect graph <config>`: the ops of the compiled training step and their time; no images are read.
 */
async function inspectGraphCommand(
  configFile: string,
  { mode, card, steps, set, trace, json, trust }: InspectGraphFlags,
): Promise<number> {
  if (trace !== undefined) requireOutputFile("--trace", trace);
  const config = await readRunConfig(configFile, set, { trust });
  const engine = await startEngine(engineOptions(config.settings.engine));
  if (card !== undefined) return forecastCard(config, card, json);
  const { mode: ofConfig, precision } = programOptions(config.settings.engine, engine);
  if (!json) printNotice("recording the step, then running it …\n");
  const inspection = await inspectRun(config, {
    mode: mode ?? (ofConfig.mode === "xla" ? "xla" : "graph"),
    precision,
    steps,
  });

  await resultPrinted(
    json
      ? `${JSON.stringify(jsonOf(config, engine, inspection))}\n`
      : inspectionText(config, engine, inspection),
  );
  if (trace !== undefined) {
    await writeOutput(trace, JSON.stringify(chromeTrace(inspection.trace)));
    if (!json) await resultPrinted(`\nTrace: ${trace}, for https://ui.perfetto.dev or chrome://tracing.\n`);
  }
  return 0;
}

/** What the step takes on a card, by a compiler that needs none. */
async function forecastCard(config: RunConfig, card: CardName, json: boolean): Promise<number> {
  const { precision } = config.settings.engine;
  if (!json) printNotice(`compiling the step for ${CARDS[card].name}, twice …\n`);
  const forecast = await forecastRun(config, {
    card,
    precision: precision === "bfloat16" ? "bfloat16" : "float32",
    tensorFloat32: precision === "tf32",
    log: (line) => printNotice(`${line}\n`),
  });
  await resultPrinted(json ? `${JSON.stringify(forecast)}\n` : forecastText(config, forecast));
  return 0;
}

/** The whole inspection. A traced op has the name of its recorded op in place of the recorded op itself. */
const jsonOf = (config: RunConfig, engine: EngineInfo, { trace, ...rest }: RunInspection) => ({
  plugins: config.plugins.map(({ plugin }) => plugin.name),
  encoder: config.encoder.definition.name,
  engine,
  ...rest,
  trace: trace.map(({ recorded, ...op }) => ({ ...op, node: recorded?.node ?? null })),
});
