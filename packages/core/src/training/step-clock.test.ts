import { expect, it } from "vitest";

import { createStepClock } from "./step-clock.ts";

/** A clock that says these seconds, one after another. */
const ticking = (...times: number[]) => createStepClock(undefined, () => times.shift()!);

it("counts the time in which no step ran as waiting, and what a compiled step takes as compiling", () => {
  const clock = ticking(0, 1, 11, 12, 14, 14, 17);
  clock.begin(); // at 1
  clock.end(true); // at 11
  clock.begin(); // at 12
  clock.end(false); // at 14
  clock.begin(); // at 14
  clock.end(false); // at 17
  expect(clock.reading().shares).toEqual({ compile: 10, step: 5, dataWait: 1 });
  expect(clock.secondsPerStep()).toBe(3);
  expect(clock.meanSecondsPerStep()).toBe(3);
});

it("leaves out what lies before it resumes", () => {
  const clock = ticking(0, 100, 101, 103);
  clock.resume(); // at 100
  clock.begin(); // at 101
  clock.end(false); // at 103
  expect(clock.reading().shares).toEqual({ compile: 0, step: 2, dataWait: 1 });
});

it("shows the speed of the last 20 steps, and knows none before the first", () => {
  const clock = ticking(...Array.from({ length: 100 }, (_, i) => (i < 21 ? i : 21 + 4 * (i - 20))));
  expect(clock.secondsPerStep()).toBeNaN();
  for (let step = 0; step < 40; step++) {
    clock.begin();
    clock.end(false);
  }
  expect(clock.secondsPerStep()).toBe(8);
});

it("goes on with what an earlier part of the run counted", () => {
  const times = [0, 1, 3];
  const earlier = { shares: { compile: 5, step: 20, dataWait: 10 }, steps: 9 };
  const clock = createStepClock(earlier, () => times.shift()!);
  clock.begin(); // at 1
  clock.end(false); // at 3
  expect(clock.reading()).toEqual({ shares: { compile: 5, step: 22, dataWait: 11 }, steps: 10 });
  expect(clock.meanSecondsPerStep()).toBe(3.3);
  expect(clock.secondsPerStep()).toBe(3);
  expect(earlier.steps).toBe(9);
});
