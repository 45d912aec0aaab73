import { readGolden } from "@tssl/engine/testing";
import { describe, expect, it } from "vitest";

import type { LearningSettings } from "../config/run-settings.ts";
import { learningRateSchedule } from "./learning-rate.ts";

const defaults: LearningSettings = {
  lr: 0.4,
  schedule: "cosine",
  finalLr: 0,
  warmupEpochs: 0,
  warmupFrom: null,
  milestones: [0.6, 0.8],
  factor: 0.1,
  clipNorm: null,
};

/** Of a run of two epochs of five steps. */
const rates = (settings: Partial<LearningSettings>, epochs = 2) =>
  Array.from({ length: 5 * epochs }, (_, step) =>
    learningRateSchedule({ ...defaults, ...settings }, 5)(step, 5 * epochs),
  );

describe("learningRateSchedule", () => {
  it("falls along a cosine to zero, or to finalLr", () => {
    const [toZero, toOther] = [rates({}), rates({ finalLr: 0.2 })];
    expect([toZero[0], toZero[5]]).toEqual([0.4, 0.2]);
    expect(toOther[0]).toBe(0.4);
    expect(toOther[5]).toBeCloseTo(0.3, 12);
  });

  it("warms up over epochs, then goes on as the schedule says", () => {
    const warm = rates({ warmupEpochs: 0.4, schedule: "constant" });
    expect(warm).toEqual([0.2, ...new Array<number>(9).fill(0.4)]);
  });

  it("falls at milestones", () => {
    const falling = rates({ schedule: "steps", factor: 0.5 });
    expect(falling).toEqual([...new Array<number>(6).fill(0.4), 0.2, 0.2, 0.1, 0.1]);
  });

  it("falls at shares of the whole run, also after a warm-up", () => {
    const rate = learningRateSchedule({ ...defaults, schedule: "steps", warmupEpochs: 10 }, 3);
    const at = (epoch: number) => rate(3 * epoch, 3 * 200);
    expect([at(10), at(119), at(120), at(159), at(160)]).toEqual([
      0.4,
      0.4,
      0.4 * 0.1,
      0.4 * 0.1,
      0.4 * 0.1 ** 2,
    ]);
  });

  it("is SwAV's: from a rate to the base rate in a line, then along a cosine to the last", () => {
    const golden = readGolden<{ schedules: { name: string; rates: number[] }[] }>(
      new URL("../../fixtures/optimizers.json", import.meta.url),
    );
    const swav = golden.schedules.find(({ name }) => name.endsWith("as SwAV's"))!;
    const ours = rates({ lr: 0.3, warmupEpochs: 2, warmupFrom: 0.02, finalLr: 0.003 }, 10);
    ours.forEach((rate, step) => expect(rate).toBeCloseTo(swav.rates[step]!, 8));
  });
});
