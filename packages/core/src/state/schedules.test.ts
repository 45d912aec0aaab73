import { readGolden } from "@tssl/engine/testing";
import { describe, expect, it } from "vitest";

import { constant, cosine, type Schedule, steps, warmup } from "./schedules.ts";

const { schedules } = readGolden<{ schedules: { name: string; rates: number[] }[] }>(
  new URL("../../fixtures/optimizers.json", import.meta.url),
);
const TOTAL = 50;
const over = (schedule: Schedule) => Array.from({ length: TOTAL }, (_, step) => schedule(step, TOTAL));

describe("schedules over 50 steps", () => {
  it.each<[string, Schedule]>([
    ["cosine", cosine({ from: 0.3, to: 0 })],
    ["step", steps({ value: 0.3, milestones: [0.6, 0.8], factor: 0.1 })],
    ["warm-up, first step at base / warmUp, and cosine", warmup(10, cosine({ from: 0.3, to: 0 }))],
    [
      "warm-up from a rate and cosine to a rate, as SwAV's",
      warmup(10, cosine({ from: 0.3, to: 0.003 }), { from: 0.02 }),
    ],
  ])("are PyTorch's: %s", (name, schedule) => {
    const { rates } = schedules.find((each) => each.name === name)!;
    over(schedule).forEach((rate, step) => expect(rate).toBeCloseTo(rates[step]!, 8));
  });

  it("stay where they are, if constant", () => {
    expect(new Set(over(constant(0.3)))).toEqual(new Set([0.3]));
  });

  it("rise too: a momentum from 0.996 to 1", () => {
    const momentum = cosine({ from: 0.996, to: 1 });
    expect([momentum(0, 4), momentum(2, 4), momentum(4, 4)]).toEqual([0.996, 0.998, 1]);
  });

  it("warm up to the value that follows, and count its steps from there", () => {
    const schedule = warmup(2, steps({ value: 1, milestones: [0.5], factor: 0.1 }));
    expect(Array.from({ length: 6 }, (_, step) => schedule(step, 6))).toEqual([0.5, 1, 1, 1, 0.1, 0.1]);
  });

  it("start a warm-up of one step where it is to start", () => {
    expect([0, 1].map((step) => warmup(1, constant(1), { from: 0.2 })(step, 2))).toEqual([0.2, 1]);
  });
});
