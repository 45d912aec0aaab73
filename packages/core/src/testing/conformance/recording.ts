import { EngineError } from "@tssl/engine";

import { messageOf, TsslError } from "../../errors.ts";
import { modesDiffer, modesDifferByLargeSteps } from "../messages.ts";
import { assertModesAgree } from "../modes.ts";
import { phaseStarts } from "../phase-steps.ts";
import type { Check } from "./check.ts";
import { startRun, type Subject } from "./subject.ts";

export const recording: Check = {
  name: "recording",
  async find({ prepare }) {
    const started = startRun(prepare(), "graph");
    try {
      for (const step of phaseStarts(started.run)) await started.takeStep(step);
    } finally {
      await started.dispose();
    }
    return [];
  },
};

/** How much smaller the learning rate is with which modes that differ are compared once more. */
const SMALLER = 100;

export const modesAgree: Check = {
  name: "modesAgree",
  async find(subject) {
    const { plugin, learningRate } = subject;
    const difference = await differenceAt(subject, learningRate);
    if (difference === undefined) return [];
    // Rounding grows into another trajectory by large steps alone; what JavaScript computes differs anyway.
    const smaller = learningRate / SMALLER;
    const rates = { learningRate, smaller };
    return (await differenceAt(subject, smaller)) === undefined
      ? [modesDifferByLargeSteps(plugin.name, difference, rates)]
      : [modesDiffer(plugin.name, difference, rates)];
  },
};

/** How steps differ between modes, in words; undefined where they agree. */
async function differenceAt(
  { prepare, withoutGradient }: Subject,
  learningRate: number,
): Promise<string | undefined> {
  try {
    await assertModesAgree(() => prepare(), { learningRate, withoutGradient });
    return undefined;
  } catch (error) {
    if (error instanceof TsslError || error instanceof EngineError) throw error;
    return messageOf(error);
  }
}
