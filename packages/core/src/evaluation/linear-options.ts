import type { EngineMode } from "@tssl/engine";

import type { LinearProtocolName } from "./linear-protocols.ts";
import type { ProbeScheduleName } from "./probe-schedules.ts";

/**
 * Learning rates to choose from where none is given. The published 30 and 10 suit a ResNet-50's features; on
 * those of a small encoder the loss stays far above that of chance with them.
 */
const probeLearningRates: readonly number[] = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

/** How a linear probe is trained where nothing else is asked for. */
export const probeDefaults = {
  schedule: "steps",
  epochs: 100,
  batchSize: 256,
  augment: false,
  learningRates: probeLearningRates,
} as const;

/** How linear probes are trained. */
export interface LinearOptions {
  /** Several: one is taken by images that are held out of the training set, see `chooseRate`. */
  readonly learningRates: readonly number[];
  readonly schedule: ProbeScheduleName;
  readonly epochs: number;
  readonly batchSize: number;
  /**
   * A published protocol whose first values, weight decay, momentum and batch norm are taken, see
   * `linearProtocols`; default: those of moco.
   */
  readonly protocol?: LinearProtocolName;
  /** Share of the labelled training images to use, 0 .. 1; the same of every class. */
  readonly fraction: number;
  readonly seed: number;
  readonly mode: EngineMode;
}
