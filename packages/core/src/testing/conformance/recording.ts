import { EngineError } from "@tssl/engine";

import { messageOf, TsslError } from "../../errors.ts";
import { assertModesAgree } from "../modes.ts";
import { phaseStarts } from "../phase-steps.ts";
import type { Check } from "./check.ts";
import { startRun } from "./subject.ts";

export const recording: Check = {
  name: "can be recorded: reads no value back and draws no random number in a step",
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

export const modesAgree: Check = {
  name: "takes the same steps eagerly, as a graph and under XLA",
  async find({ plugin: { name }, learningRate, prepare }) {
    try {
      await assertModesAgree(() => prepare(), { learningRate });
      return [];
    } catch (error) {
      if (error instanceof TsslError || error instanceof EngineError) throw error;
      return [
        `[${name}] ${messageOf(error)}. What JavaScript computes within a step is recorded once: what changes from step to step comes in through build.input or is state.`,
      ];
    }
  },
};
