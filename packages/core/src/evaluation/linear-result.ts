import type { Classification } from "./classification.ts";

/** The test accuracy of one probe, and how it came about. */
export interface LinearResult extends Classification {
  /** The layer whose map it was trained on; absent where that are the encoder's features. */
  readonly layer?: string;
  readonly fraction: number;
  /** Labelled images that it was trained on. */
  readonly trainImages: number;
  readonly learningRate: number;
  /** How the learning rate was chosen, by held-out training images; absent where there was no choice. */
  readonly heldOut?: {
    readonly images: number;
    readonly accuracies: readonly RateResult[];
    /** Rates that are as good within the noise, the chosen one among them. Absent in results of before. */
    readonly asGood?: readonly number[];
  };
  /** Mean cross-entropy of the last epoch's batches, in nats. */
  readonly trainLoss: number;
}

/** What came of one of several learning rates. */
export interface RateResult {
  readonly learningRate: number;
  /** Share of the held-out images that were classified right. */
  readonly accuracy: number;
  /** Standard error of the accuracy. Absent in results of before. */
  readonly standardError?: number;
  /** Mean cross-entropy of the last epoch's batches, in nats; null where it is not a number. */
  readonly trainLoss?: number | null;
  /** Whether the loss ended above that of guessing: such a rate is not taken. */
  readonly diverges?: boolean;
}
