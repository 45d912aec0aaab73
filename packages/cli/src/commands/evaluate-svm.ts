import {
  isVocFolder,
  readMultiLabel,
  requireEnough,
  svmData,
  svmImages,
  type SvmProtocolName,
  svmProtocols,
  undecodable,
} from "@tssl/core/internal";
import { countKinds, type EvaluatedEncoder, evaluateSvm, kindsOf, type SvmResult } from "@tssl/core/run";
import { type Command, Option } from "commander";

import { chosenLayers } from "../chosen-layers.ts";
import { corruptText } from "../corrupt-text.ts";
import { finish } from "../exit-code.ts";
import { evaluatedFacts, keepResult, measureEncoder } from "../measure-encoder.ts";
import {
  chooseSources,
  type EncoderFlags,
  evaluationOf,
  openEncoders,
  tellOverlap,
  withTrainedOptions,
} from "../open-encoder.ts";
import { openRunEncoder } from "../open-run-encoder.ts";
import { counts, names, seed } from "../option-values.ts";
import { type SvmEvaluation, svmText } from "../svm-text.ts";
import { printNotice, printResult, tell } from "../terminal.ts";

interface EvaluateSvmFlags extends EncoderFlags {
  readonly protocol: SvmProtocolName;
  readonly shots?: readonly number[];
  readonly layers?: readonly string[];
  readonly seed?: number;
}

export function addEvaluateSvm(evaluate: Command): void {
  withTrainedOptions(
    evaluate
      .command("svm")
      .description(
        "train linear SVMs on the frozen encoder's features, as on VOC07; images may have several classes",
      )
      .argument("<run>", "run folder")
      .option(
        "--train <images>",
        "images to learn from: a folder of VOC's form, a .tsv list with classes, or class folders " +
          "(default: the run's evaluation.train, or data.train)",
      )
      .option(
        "--test <images>",
        "images to classify (default: the folder of VOC's form that --train names, or the run's " +
          "evaluation.test, or data.test)",
      )
      .addOption(
        new Option("--protocol <name>", "pcl: C is 0.5; vissl: C by cross-validation, whole images")
          .choices(Object.keys(svmProtocols))
          .default("pcl"),
      )
      .option(
        "--shots <counts>",
        "learn from so many images of each class, the mean of 5 samples; one result for each count",
        counts,
      )
      .option(
        "--layers <names>",
        "layers whose pooled maps are classified, each on its own: conv1, res2, … of a ResNet, or features, " +
          "what the encoder gives (default: features; with vissl all layers)",
        names,
      )
      .option("--seed <number>", "seed of the samples of --shots (default: the run's)", seed),
  )
    .addHelpText(
      "after",
      "\nExamples:\n  tssl evaluate svm runs/demo --train VOCdevkit/VOC2007\n  tssl evaluate svm runs/demo " +
        "--train VOCdevkit/VOC2007 --protocol vissl\n  tssl evaluate svm runs/demo --shots 1,2,4,8,16",
    )
    .action(async (run: string, flags: EvaluateSvmFlags) => finish(await evaluateSvmCommand(run, flags)));
}

/** `tssl evaluate svm <run>`: prints the result, and keeps it in the run folder. */
async function evaluateSvmCommand(runFolder: string, flags: EvaluateSvmFlags): Promise<number> {
  const { protocol } = flags;
  const shots = flags.shots ?? [null];
  const run = await openRunEncoder(runFolder, flags);
  const sources = await chooseSources(run, await withVocTest(flags));
  const sets = await readMultiLabel(
    { option: "--train", source: sources.train },
    { option: "--test", source: sources.test },
    tell,
  );
  for (const each of shots) requireEnough(sets, protocol, each);
  const data = { train: sets.train.images, test: sets.test.images };
  await tellOverlap(data);
  const images = svmImages(sets, protocol, evaluationOf(run.settings, flags));
  const { testOfRun, dataOfRun } = sources.ofRun(data.train, data.test);
  const encoders = await openEncoders(runFolder, run, flags, testOfRun);

  const settings = { protocol, seed: flags.seed ?? run.settings.seed };
  const layers = chosenLayers(encoders.encoder.layers, flags.layers, { protocol, use: run.use });
  const measure = async (measured: EvaluatedEncoder): Promise<readonly SvmResult[]> => {
    const results: SvmResult[] = [];
    for await (const features of svmData(measured.layerFeatures(layers), images)) {
      for (const each of shots) results.push(evaluateSvm(features, { ...settings, shots: each }));
    }
    return results;
  };
  const { trained: results, untrained } = await measureEncoder(encoders, flags.baseline, measure);
  const corrupt = kindsOf(undecodable(images));
  printNotice(corruptText(Object.keys(corrupt), "left out", countKinds(corrupt)));

  const { checkpoint, chosenBy } = encoders.encoder;
  const facts = evaluatedFacts({ ...encoders, data, dataOfRun });
  const baseline = untrained === undefined ? {} : { untrained };
  const { train, test, classes } = facts.data;
  const evaluation: SvmEvaluation = {
    checkpoint,
    ...(chosenBy === undefined ? {} : { chosenBy }),
    ...{ ...settings, train, test, classes, results },
    ...baseline,
  };
  printResult(flags.json ? `${JSON.stringify(evaluation)}\n` : svmText(evaluation));
  await keepResult(runFolder, { kind: "svm", ...facts, settings, results, ...baseline });
  return 0;
}

/** A folder of VOC's form holds the test images as well. */
const withVocTest = async ({
  train,
  test,
}: EvaluateSvmFlags): Promise<Pick<EncoderFlags, "train" | "test">> => ({
  ...(train === undefined ? {} : { train }),
  ...(test === undefined
    ? train !== undefined && (await isVocFolder(train))
      ? { test: train }
      : {}
    : { test }),
});
