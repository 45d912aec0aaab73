import { classify, extractBoth } from "@tssl/core/run";
import type { Command } from "commander";

import { balanceText } from "../balance-text.ts";
import { corruptText } from "../corrupt-text.ts";
import { finish } from "../exit-code.ts";
import { percent } from "../number-text.ts";
import { type EncoderFlags, openEncoder, withEncoderOptions } from "../open-encoder.ts";
import { positive } from "../option-values.ts";

interface EvaluateKnnFlags extends EncoderFlags {
  readonly k?: number;
  readonly temperature?: number;
}

export function addEvaluateKnn(evaluate: Command): void {
  withEncoderOptions(
    evaluate
      .command("knn")
      .description("weighted k-nearest-neighbour classification on the frozen encoder's features"),
  )
    .option("-k, --k <count>", "number of neighbours that vote (default: the run's)", positive)
    .option("--temperature <t>", "weight of a vote: exp(similarity / t) (default: the run's)", positive)
    .addHelpText("after", "\nExample:\n  tssl evaluate knn runs/demo --test ./other-images -k 20")
    .action(async (run: string, flags: EvaluateKnnFlags) => finish(await evaluateKnnCommand(run, flags)));
}

/** `tssl evaluate knn <run>` */
async function evaluateKnnCommand(runFolder: string, flags: EvaluateKnnFlags): Promise<number> {
  const { encoder, data } = await openEncoder(runFolder, flags);
  const { evaluation } = encoder.settings;
  const temperature = flags.temperature ?? evaluation.temperature;
  const features = await extractBoth(encoder.features, data);
  const { k, accuracy, balancedAccuracy, largestClass, confusion } = await classify(features, data, {
    k: flags.k ?? evaluation.k,
    temperature,
  });
  await encoder.dispose();
  const corruptFiles = data.trainImages.corrupt.map(({ file }) => file);

  const { files, classes } = data.test;
  const result = {
    checkpoint: encoder.checkpoint,
    k,
    temperature,
    accuracy,
    balancedAccuracy,
    largestClass,
    classes,
    confusion,
    corruptFiles,
  };
  process.stderr.write(corruptText(corruptFiles, "left out"));
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(result)}\n`
      : `${encoder.checkpoint}: kNN ${percent(accuracy)}${balanceText(accuracy, result)} ` +
          `(k ${k}, temperature ${temperature}, ${files.length} images)\n`,
  );
  return 0;
}
