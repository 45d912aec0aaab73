import { invalidOption } from "@tssl/core";
import { neighboursAmong, percent, points, requireFinite, undecodable } from "@tssl/core/internal";
import { classify, countKinds, type EvaluatedEncoder, extractBoth, kindsOf } from "@tssl/core/run";
import type { Command } from "commander";

import { balanceText } from "../balance-text.ts";
import { corruptText } from "../corrupt-text.ts";
import { finish } from "../exit-code.ts";
import { evaluatedFacts, keepResult, measureEncoder } from "../measure-encoder.ts";
import { type EncoderFlags, openEncoder, withEncoderOptions } from "../open-encoder.ts";
import { count, positive } from "../option-values.ts";
import { printNotice, printResult } from "../terminal.ts";

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
    .option("-k, --k <count>", "number of neighbours that vote (default: the run's)", count)
    .option("--temperature <t>", "weight of a vote: exp(similarity / t) (default: the run's)", positive)
    .addHelpText("after", "\nExample:\n  tssl evaluate knn runs/demo --test ./other-images -k 20")
    .action(async (run: string, flags: EvaluateKnnFlags) => finish(await evaluateKnnCommand(run, flags)));
}

/** `tssl evaluate knn <run>`: prints the result, and keeps it in the run folder. */
async function evaluateKnnCommand(runFolder: string, flags: EvaluateKnnFlags): Promise<number> {
  const opened = await openEncoder(runFolder, flags);
  const { encoder, data } = opened;
  const { evaluation } = encoder.settings;
  const labelled = data.train.files.length;
  if (flags.k !== undefined && flags.k > labelled) {
    throw invalidOption("-k", `at most the ${labelled} labelled images`, flags.k);
  }
  const temperature = flags.temperature ?? evaluation.temperature;
  let k = labelled;
  const measure = async ({ features }: EvaluatedEncoder) => {
    const extracted = await extractBoth(features, data);
    requireFinite("labelled", extracted.train);
    requireFinite("test", extracted.test);
    // Of the images that have features.
    k = neighboursAmong(extracted.train.count, flags.k ?? evaluation.k);
    return classify(extracted, data, { k, temperature });
  };
  const { trained, untrained } = await measureEncoder(opened, flags.baseline, measure);

  const corrupt = kindsOf(undecodable(data));
  const corruptFiles = Object.keys(corrupt);
  printNotice(corruptText(corruptFiles, "left out", countKinds(corrupt)));
  const { accuracy, balancedAccuracy, largestClass, confusion } = trained;
  const { classes } = data.test;
  const { checkpoint } = encoder;
  const baseline = untrained && {
    accuracy: untrained.accuracy,
    balancedAccuracy: untrained.balancedAccuracy,
    confusion: untrained.confusion,
  };
  const json = {
    ...{
      checkpoint,
      k,
      temperature,
      accuracy,
      balancedAccuracy,
      largestClass,
      classes,
      confusion,
      corruptFiles,
    },
    ...(encoder.chosenBy === undefined ? {} : { chosenBy: encoder.chosenBy }),
    ...(baseline === undefined ? {} : { untrained: baseline }),
  };
  const gain =
    untrained === undefined
      ? ""
      : `, ${points(accuracy - untrained.accuracy)} over the untrained encoder ` +
        `(${percent(untrained.accuracy)})`;
  printResult(
    flags.json
      ? `${JSON.stringify(json)}\n`
      : `${checkpoint}: kNN ${percent(accuracy)}${balanceText(accuracy, trained)}${gain}; k ${k}, ` +
          `temperature ${temperature}, ${data.test.files.length} images\n`,
  );
  const resultOf = (one: typeof trained) => ({ top1: one.accuracy, confusion: one.confusion });
  await keepResult(runFolder, {
    kind: "knn",
    ...evaluatedFacts(opened),
    settings: { k, temperature },
    results: [resultOf(trained)],
    ...(untrained === undefined ? {} : { untrained: [resultOf(untrained)] }),
  });
  return 0;
}
