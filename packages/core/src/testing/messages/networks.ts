// What the checks of networks find: of running statistics and of momentum encoders. `names` are those of the
// run's state.

import type { Hook } from "../conformance/observe-plugin.ts";
import { listed } from "./listed-names.ts";

// runningStatistics

export const statisticsStandStill = (plugin: string, names: readonly string[]): string =>
  `[${plugin}] step never moves the running statistics ${listed(names)} of the plugin's network, with ` +
  "which evaluation normalizes. Embed images with `embed`, or with `encode` and `project` in mode " +
  '"training".';

// momentumEncoders

/** @param encoder its full name. */
export const encoderMovedElsewhere = (plugin: string, hook: Hook, encoder: string): string =>
  `[${plugin}] ${hook} moves the momentum encoder "${encoder}". It must move once in each optimizer step, ` +
  "however many parts the batch is accumulated from: call its `update` in `afterStep` alone.";

export const encoderNeverMoved = (plugin: string, encoder: string): string =>
  `[${plugin}] No hook moves the momentum encoder "${encoder}", so it stays as it was made. Call its ` +
  "`update` in `afterStep`.";

export const encoderMovedOften = (plugin: string, encoder: string, times: number): string =>
  `[${plugin}] afterStep moves the momentum encoder "${encoder}" ${times} times. It must move once in each ` +
  "optimizer step: call its `update` once.";
