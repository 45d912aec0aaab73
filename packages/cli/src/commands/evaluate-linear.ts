import {
  type LinearProtocolName,
  linearProtocols,
  type LinearSettings,
  probeDefaults,
  probeSchedules,
  type ProbeScheduleName,
  requireFraction,
  undecodable,
  writeOutput,
} from "@tssl/core/internal";
import {
  countKinds,
  decodingOf,
  type EvaluatedEncoder,
  evaluateLinear,
  kindsOf,
  linearData,
  type LinearResult,
  type RunSettings,
} from "@tssl/core/run";
import { type Command, Option } from "commander";

import { chosenLayers } from "../chosen-layers.ts";
import { corruptText } from "../corrupt-text.ts";
import { finish } from "../exit-code.ts";
import { type LinearEvaluation, linearText } from "../linear-text.ts";
import { evaluatedFacts, keepResult, measureEncoder } from "../measure-encoder.ts";
import { type EncoderFlags, type OpenEncoder, openEncoder, withEncoderOptions } from "../open-encoder.ts";
import { requireOutputFile } from "../output-places.ts";
import { countTo, fractions, names, positives, seed } from "../option-values.ts";
import { printNotice, printResult } from "../terminal.ts";

interface EvaluateLinearFlags extends EncoderFlags {
  readonly lr?: readonly number[];
  readonly protocol?: LinearProtocolName;
  readonly schedule?: ProbeScheduleName;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly fraction: readonly number[];
  readonly layers?: readonly string[];
  readonly augment?: boolean;
  readonly seed?: number;
  readonly out?: string;
}

export function addEvaluateLinear(evaluate: Command): void {
  withEncoderOptions(
    evaluate.command("linear").description("train a linear classifier on the frozen encoder's features"),
  )
    .addOption(
      new Option(
        "--protocol <name>",
        "a published protocol, with its augmented images; the options below replace parts of it",
      ).choices(Object.keys(linearProtocols)),
    )
    .option(
      "--lr <rates>",
      "learning rates; of several, one is chosen by a held-out tenth of the training images " +
        "(default: 0.01 to 30, or the protocol's)",
      positives,
    )
    .addOption(
      new Option(
        "--schedule <name>",
        "of the learning rate: steps to a tenth at 60 % and at 80 % of the run (MoCo), cosine (CLSA), or a " +
          "protocol's (default: steps, or the protocol's)",
      ).choices(Object.keys(probeSchedules)),
    )
    .option(
      "--epochs <count>",
      `passes over the training images (default: ${probeDefaults.epochs}, or the protocol's)`,
      countTo(1_000_000),
    )
    .option("--batch-size <count>", `images per step (default: ${probeDefaults.batchSize})`, countTo(2 ** 20))
    .option(
      "--fraction <shares>",
      "shares of the labels to train on, equal for every class; one result for each share",
      fractions,
      [1],
    )
    .option(
      "--layers <names>",
      "layers whose pooled maps are classified, each on its own: conv1, res2, … of a ResNet, or features, " +
        "what the encoder gives (default: features; with vissl all layers)",
      names,
    )
    .option("--augment", "compute new features in each epoch, from random crops and flips")
    .option("--no-augment", "compute features once, also with a protocol")
    .option("--out <file>", "also write the JSON to this file")
    .option(
      "--seed <number>",
      "seed of initial weights, order, fractions and crops (default: the run's)",
      seed,
    )
    .addHelpText(
      "after",
      "\nExamples:\n  tssl evaluate linear runs/demo --lr 30\n  tssl evaluate linear runs/demo " +
        "--fraction 0.01,0.1,1\n  tssl evaluate linear runs/demo --protocol swav --lr 0.3,1,3\n  tssl evaluate linear runs/demo --layers res4,res5,features",
    )
    .action(async (run: string, flags: EvaluateLinearFlags) =>
      finish(await evaluateLinearCommand(run, flags)),
    );
}

/** `tssl evaluate linear <run>`: prints the result, and keeps it in the run folder. */
async function evaluateLinearCommand(runFolder: string, flags: EvaluateLinearFlags): Promise<number> {
  if (flags.out !== undefined) requireOutputFile("--out", flags.out);
  const opened = await openEncoder(runFolder, flags);
  const settings = settingsOf(flags, opened.encoder.settings);
  const { results, untrained } = await trainProbes(opened, flags, settings);
  const { checkpoint } = opened.encoder;
  const facts = evaluatedFacts(opened);
  const { train, test, classes } = facts.data;
  const baseline = untrained === undefined ? {} : { untrained };
  const evaluation: LinearEvaluation = {
    checkpoint,
    ...(opened.encoder.chosenBy === undefined ? {} : { chosenBy: opened.encoder.chosenBy }),
    ...settings,
    train,
    test,
    classes,
    results,
    ...baseline,
  };
  printResult(flags.json ? `${JSON.stringify(evaluation)}\n` : linearText(evaluation));
  if (flags.out !== undefined) await writeOutput(flags.out, `${JSON.stringify(evaluation, undefined, 2)}\n`);
  await keepResult(runFolder, { kind: "linear", ...facts, settings, results, ...baseline });
  return 0;
}

/** What flags say, else the protocol, else the defaults. */
function settingsOf(
  { protocol, schedule, epochs, batchSize, augment, seed, lr }: EvaluateLinearFlags,
  run: Pick<RunSettings, "seed">,
): LinearSettings {
  const published = protocol && {
    ...linearProtocols[protocol],
    augment: true,
    learningRates: [linearProtocols[protocol].learningRate],
  };
  const base = published ?? probeDefaults;
  return {
    ...(protocol === undefined ? {} : { protocol }),
    schedule: schedule ?? base.schedule,
    epochs: epochs ?? base.epochs,
    batchSize: batchSize ?? base.batchSize,
    augment: augment ?? base.augment,
    seed: seed ?? run.seed,
    learningRates: lr ?? base.learningRates,
  };
}

async function trainProbes(
  opened: OpenEncoder,
  flags: EvaluateLinearFlags,
  { augment, ...settings }: LinearSettings,
): Promise<Pick<LinearEvaluation, "results" | "untrained">> {
  const { data, mode, encoder, use } = opened;
  const decoding = decodingOf(encoder.settings.data);
  const { cacheMegabytes } = encoder.settings.data;
  // Checked first, because computing the features may take long.
  for (const share of flags.fraction) requireFraction(share, data.train.labels!, data.train.classes.length);
  const { protocol } = settings;
  const layers = chosenLayers(encoder.layers, flags.layers, { protocol, use });
  const reading = {
    ...{ augment, cacheMegabytes, ...decoding },
    ...(protocol && { crop: linearProtocols[protocol].crop }),
  };
  const measure = async (measured: EvaluatedEncoder): Promise<readonly LinearResult[]> => {
    const probeData = await linearData(measured.layerFeatures(layers), data, reading);
    const byFraction: (readonly LinearResult[])[] = [];
    for (const fraction of flags.fraction) {
      byFraction.push(await evaluateLinear(probeData, { ...settings, mode, fraction }));
    }
    return layers.flatMap((_, layer) => byFraction.map((results) => results[layer]!));
  };
  const { trained, untrained } = await measureEncoder(opened, flags.baseline, measure);
  const corrupt = kindsOf(undecodable(data));
  printNotice(corruptText(Object.keys(corrupt), "left out", countKinds(corrupt)));
  return { results: trained, ...(untrained === undefined ? {} : { untrained }) };
}
