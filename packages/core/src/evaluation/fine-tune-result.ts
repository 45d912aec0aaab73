import type { Classification } from "./classification.ts";

/** The test accuracy of one network that was trained as a whole, and how it came about. */
export interface FineTuneResult extends Classification {
  readonly fraction: number;
  /** Labelled images that it was trained on. */
  readonly trainImages: number;
  /** Learning rates of the encoder and of the linear layer on it. */
  readonly trunkRate: number;
  readonly headRate: number;
  /** Mean cross-entropy of the last epoch's batches, in nats. */
  readonly trainLoss: number;
}

/** How a network is fine-tuned where nothing else is asked for, as SwAV has it. */
export const fineTuneDefaults = { epochs: 20, batchSize: 256, scratchRate: 0.1 } as const;

/**
 * SwAV's learning rates for a share of the labels: with 1 % 0.02 for the encoder and 5 for the new layer,
 * with 10 % 0.01 and 0.2; here up to 3 % the first, and above the second.
 *
 * @example
 * ```ts
 * fineTuneRates(0.01); // => { trunkRate: 0.02, headRate: 5 }
 * ```
 */
export const fineTuneRates = (fraction: number): Pick<FineTuneResult, "trunkRate" | "headRate"> =>
  fraction <= 0.03 ? { trunkRate: 0.02, headRate: 5 } : { trunkRate: 0.01, headRate: 0.2 };
