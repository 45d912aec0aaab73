import {
  modesDiffer,
  modesDifferByLargeSteps,
  notFiniteAtOnce,
  notFiniteByLargeSteps,
  notFiniteLater,
} from "../messages/modes.ts";
import { modesDisagreement } from "../modes.ts";
import { phaseStarts } from "../phase-steps.ts";
import type { Check } from "./check.ts";
import { startRun } from "./subject.ts";

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
  async find({ plugin: { name }, prepare, learningRate, withoutGradient }) {
    const at = (rate: number) => modesDisagreement(() => prepare(), { learningRate: rate, withoutGradient });
    const found = await at(learningRate);
    if (found === undefined) return [];
    if (found.notFinite?.step === 0) return [notFiniteAtOnce(name, found.notFinite)];
    const smaller = learningRate / SMALLER;
    const rates = { learningRate, smaller };
    const again = await at(smaller);
    if (found.notFinite !== undefined) {
      const sentence = again?.notFinite === undefined ? notFiniteByLargeSteps : notFiniteLater;
      return [sentence(name, found.notFinite, rates)];
    }
    // Rounding grows into another trajectory by large steps alone; what JavaScript computes differs anyway.
    const sentence = again === undefined ? modesDifferByLargeSteps : modesDiffer;
    return [sentence(name, found.difference, rates)];
  },
};
