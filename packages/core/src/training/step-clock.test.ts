import { expect, it } from "vitest";

import { createStepClock } from "./step-clock.ts";

/** A clock that says these seconds, one after another. */
const ticking = (...times: number[]) => createStepClock(() => times.shift()!);

it("counts the time in which no step ran as waiting, and what a compiled step takes as compiling", () => {
  const clock = ticking(0, 1, 11, 12, 14, 14, 17);
  clock.begin(); // at 1
  clock.end(true); // at 11
  clock.begin(); // at 12
  clock.end(false); // at 14
  clock.begin(); // at 14
  clock.end(false); // at 17
  expect(clock.shares).toEqual({ compile: 10, step: 5, dataWait: 1 });
  expect(clock.secondsPerStep()).toBe(3);
  expect(clock.meanSecondsPerStep()).toBe(3);
});

it("leaves out what lies before it resumes", () => {
  const clock = ticking(0, 100, 101, 103);
  clock.resume(); // at 100
  clock.begin(); // at 101
  clock.end(false); // at 103
  expect(clock.shares).toEqual({ compile: 0, step: 2, dataWait: 1 });
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
