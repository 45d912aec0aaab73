import { type CardName, CARDS, forecastStep, type Precision, type StepForecast } from "@tssl/engine";

import type { RunConfig } from "../config/parse-config.ts";
import { TsslError } from "../errors.ts";
import { replicasOf } from "../state/replicas.ts";
import { requireViewsFit } from "../training/batches.ts";
import { blankParts } from "../training/blank-parts.ts";
import { isShared, stepInputs, trainingStep } from "../training/compile-run.ts";
import { prepareRun, runFacts } from "../training/prepare-run.ts";

export interface ForecastRunOptions {
  readonly card: CardName;
  readonly precision: Precision;
  /** Whether float32 products may be made in TensorFloat-32. */
  readonly tensorFloat32: boolean;
  readonly log?: (line: string) => void;
}

/** What the training step of a config takes on a card that need not be here. */
export interface RunForecast extends StepForecast {
  readonly card: CardName;
  /** The card's own name, and its memory in bytes. */
  readonly cardName: string;
  readonly cardMemory: number;
  readonly batchSize: number;
  /** Such cards that train together. */
  readonly replicas: number;
  readonly fits: boolean;
  /**
   * About the largest batch that fits, by a straight line through two batch sizes; undefined where the config
   * allows no half of its batch.
   */
  readonly largestBatch: number | undefined;
  /** No step is faster than this many seconds: all its arithmetic at the card's highest rate. */
  readonly leastSeconds: number;
}

/** What of a card's memory a program can have: the rest is the driver's, and the libraries'. */
const USABLE = 0.94;

/**
 * Compiles the training step of a config for a card that need not be here, and says whether it fits. No data
 * is read. The engine must be started.
 */
export async function forecastRun(config: RunConfig, options: ForecastRunOptions): Promise<RunForecast> {
  const { name: cardName, memory: cardMemory, teraflops } = CARDS[options.card];
  const { batchSize, engine } = config.settings;
  const whole = await forecastBatch(config, options);
  const half = await forecastHalf(config, options);
  const usable = USABLE * cardMemory;
  const rate = options.precision === "bfloat16" ? "bfloat16" : options.tensorFloat32 ? "tf32" : "float32";
  return {
    ...whole,
    card: options.card,
    cardName,
    cardMemory,
    batchSize,
    replicas: engine.replicas,
    fits: whole.memory.peak <= usable,
    largestBatch: half === undefined ? undefined : largestBatch(batchSize, whole, half, usable),
    leastSeconds: whole.flops / (teraflops[rate] * 1e12),
  };
}

async function forecastBatch(config: RunConfig, options: ForecastRunOptions): Promise<StepForecast> {
  const { batchSize, data } = config.settings;
  const { replicas } = config.settings.engine;
  const facts = runFacts(config, batchSize, { replicas });
  const run = prepareRun(config, facts, { replicas: replicasOf(facts) });
  try {
    requireViewsFit(run);
    const inputs = stepInputs(blankParts(run), run.learningRate(0, facts.totalSteps));
    const step = trainingStep(run, data, { phase: run.phaseAt(0) });
    return await forecastStep(step, inputs, {
      state: run.store.variables(),
      replicas,
      shared: isShared,
      ...options,
    });
  } finally {
    run.dispose();
  }
}

/** With half as many images in a step; a queue, or an accumulation, may allow none. */
async function forecastHalf(
  config: RunConfig,
  options: ForecastRunOptions,
): Promise<StepForecast | undefined> {
  const { settings } = config;
  if (settings.batchSize % 2 !== 0 || (settings.batchSize / 2) % settings.accumulate !== 0) return undefined;
  const half = { ...config, settings: { ...settings, batchSize: settings.batchSize / 2 } };
  try {
    return await forecastBatch(half, options);
  } catch (error) {
    if (error instanceof TsslError && error.code === "INVALID_OPTION") return undefined;
    throw error;
  }
}

/** Memory is a fixed part and a part for each image. */
function largestBatch(batchSize: number, whole: StepForecast, half: StepForecast, usable: number): number {
  const eachImage = (whole.memory.peak - half.memory.peak) / (batchSize / 2);
  const fixed = whole.memory.peak - eachImage * batchSize;
  return Math.max(0, Math.floor((usable - fixed) / eachImage));
}
