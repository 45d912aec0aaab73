import {
  classify,
  engineOptions,
  evaluationImages,
  extractBoth,
  invalidOption,
  loadEncoder,
  programOptions,
  readImageFolder,
  readRunConfig,
  readRunContent,
} from "@tssl/core";
import { startEngine } from "@tssl/engine";

import { withModules } from "../registry.ts";

export interface EvaluateKnnFlags {
  readonly train?: string;
  readonly test?: string;
  readonly checkpoint?: string;
  readonly k?: number;
  readonly temperature?: number;
  readonly json: boolean;
}

/** `tssl evaluate knn <run>` */
export async function evaluateKnnCommand(runFolder: string, flags: EvaluateKnnFlags): Promise<number> {
  const { encoder: chosen } = await readRunContent(runFolder);
  const { registry } = await withModules({ encoder: chosen }, runFolder);
  const { settings } = await readRunConfig(runFolder, registry);
  const test = flags.test ?? settings.data.test;
  if (test === null) throw invalidOption("--test", "given, because the run had no data.test", null);
  const folders = {
    train: await readImageFolder(flags.train ?? settings.data.train),
    test: await readImageFolder(test),
  };
  for (const [flag, folder] of Object.entries(folders)) {
    if (folder.labels === undefined)
      throw invalidOption(`--${flag}`, "a folder with class folders", folder.root);
  }

  const engine = await startEngine(engineOptions(settings.engine));
  const { mode, precision } = programOptions(settings.engine, engine);
  const encoder = await loadEncoder(runFolder, registry, {
    mode: mode.mode,
    precision,
    ...(flags.checkpoint === undefined ? {} : { checkpoint: flags.checkpoint }),
  });
  const { imageSize, evaluation } = settings;
  const options = { imageSize, batchSize: evaluation.batchSize, workers: 1, cacheMegabytes: 0 };
  const knnData = {
    ...folders,
    trainImages: evaluationImages(folders.train, options),
    testImages: evaluationImages(folders.test, options),
  };
  const k = flags.k ?? evaluation.k;
  const temperature = flags.temperature ?? evaluation.temperature;
  const features = await extractBoth(encoder.features, knnData);
  const { accuracy, confusion } = await classify(features, knnData, { k, temperature });
  await encoder.dispose();

  const result = {
    checkpoint: encoder.checkpoint,
    k,
    temperature,
    accuracy,
    classes: folders.test.classes,
    confusion,
  };
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(result)}\n`
      : `${encoder.checkpoint}: kNN ${(100 * accuracy).toFixed(1)} % (k ${k}, temperature ${temperature}, ${folders.test.files.length} images)\n`,
  );
  return 0;
}
