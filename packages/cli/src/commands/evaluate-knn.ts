import { classify, extractBoth } from "@tssl/core";

import { corruptText } from "../corrupt-text.ts";
import { type EncoderFlags, openEncoder } from "../open-encoder.ts";

export interface EvaluateKnnFlags extends EncoderFlags {
  readonly k?: number;
  readonly temperature?: number;
  readonly json: boolean;
}

/** `tssl evaluate knn <run>` */
export async function evaluateKnnCommand(runFolder: string, flags: EvaluateKnnFlags): Promise<number> {
  const { encoder, data } = await openEncoder(runFolder, flags);
  const { evaluation } = encoder.settings;
  const k = flags.k ?? evaluation.k;
  const temperature = flags.temperature ?? evaluation.temperature;
  const features = await extractBoth(encoder.features, data);
  const { accuracy, confusion } = await classify(features, data, { k, temperature });
  await encoder.dispose();
  const corruptFiles = data.trainImages.corrupt.map(({ file }) => file);

  const { files, classes } = data.test;
  const result = {
    checkpoint: encoder.checkpoint,
    k,
    temperature,
    accuracy,
    classes,
    confusion,
    corruptFiles,
  };
  process.stderr.write(corruptText(corruptFiles, "left out"));
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(result)}\n`
      : `${encoder.checkpoint}: kNN ${(100 * accuracy).toFixed(1)} % (k ${k}, temperature ${temperature}, ${files.length} images)\n`,
  );
  return 0;
}
