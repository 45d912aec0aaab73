import { parseConfig } from "../config/parse-config.ts";
import { type PreparedRun, prepareRun, runFacts } from "../training/prepare-run.ts";

/** What a test says of its run; the rest are the config's defaults. Encoder, plugins and optimizer are given as values. */
export interface TestRun {
  readonly encoder: object;
  readonly plugins: readonly object[];
  readonly optimizer: object;
  readonly batchSize: number;
  readonly accumulate?: number;
  readonly imageSize?: number;
  readonly datasetSize?: number;
  readonly seed?: number;
}

/** A run ready for its first step, without files: as the trainer makes it from a config. */
export function testRun({ datasetSize, imageSize = 32, ...raw }: TestRun): PreparedRun {
  const registry = { plugins: {}, encoders: {}, optimizers: {} };
  const config = parseConfig({ epochs: 1, imageSize, data: { train: "." }, ...raw }, registry, "test");
  return prepareRun(config, runFacts(config, datasetSize ?? raw.batchSize * 10));
}
