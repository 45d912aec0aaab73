import { EngineError } from "@tssl/engine";

import { messageOf, TsslError } from "../../errors.ts";
import { modesDiffer } from "../messages.ts";
import { assertModesAgree } from "../modes.ts";
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

export const modesAgree: Check = {
  name: "modesAgree",
  async find({ plugin: { name }, learningRate, withoutGradient, prepare }) {
    try {
      await assertModesAgree(() => prepare(), { learningRate, withoutGradient });
      return [];
    } catch (error) {
      if (error instanceof TsslError || error instanceof EngineError) throw error;
      return [modesDiffer(name, messageOf(error))];
    }
  },
};
