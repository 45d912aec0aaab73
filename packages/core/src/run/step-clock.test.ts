import { setImmediate } from "node:timers/promises";

import { expect, it } from "vitest";

import { createStepClock, type StepClock } from "./step-clock.ts";

/** A clock that says these seconds, one after another. */
const ticking = (...times: number[]) => createStepClock(undefined, () => times.shift()!);

const run = (clock: StepClock, compiled = false) => clock.time(() => Promise.resolve(), () => compiled); // prettier-ignore

it("counts the time in which no step ran as waiting, and what a compiled step takes as compiling", async () => {
  const clock = ticking(0, 1, 11, 12, 14, 14, 17);
  await run(clock, true); // 1 to 11
  await run(clock); // 12 to 14
  await run(clock); // 14 to 17
  expect(clock.reading().shares).toEqual({ compile: 10, step: 5, dataWait: 1 });
  expect(clock.secondsPerStep()).toBe(3);
  expect(clock.meanSecondsPerStep()).toBe(3);
});

it("counts as waiting what passes between a step's end and the next one's images, though nobody takes its result", async () => {
  let time = 0;
  const clock = createStepClock(undefined, () => time);
  let finish: (result: number) => void = () => {};
  const first = clock.time(() => new Promise<number>((resolve) => (finish = resolve)), () => false); // prettier-ignore
  time = 2;
  finish(7);
  await setImmediate();
  time = 10; // the loader is done
  expect(await first).toBe(7);
  await run(clock);
  expect(clock.reading().shares).toEqual({ compile: 0, step: 2, dataWait: 8 });
});

it("counts no step that fails", async () => {
  const clock = ticking(0, 1, 2);
  await expect(clock.time(() => Promise.reject(new Error("no memory")), () => false)).rejects.toThrow("no memory"); // prettier-ignore
  expect(clock.reading()).toEqual({ shares: { compile: 0, step: 0, dataWait: 0 }, steps: 0 });
});

it("leaves out what lies before it resumes", async () => {
  const clock = ticking(0, 100, 101, 103);
  clock.resume(); // at 100
  await run(clock); // 101 to 103
  expect(clock.reading().shares).toEqual({ compile: 0, step: 2, dataWait: 1 });
});

it("shows the speed of the last 20 steps, and knows none before the first", async () => {
  const clock = ticking(...Array.from({ length: 100 }, (_, i) => (i < 21 ? i : 21 + 4 * (i - 20))));
  expect(clock.secondsPerStep()).toBeNaN();
  for (let step = 0; step < 40; step++) {
    await run(clock);
  }
  expect(clock.secondsPerStep()).toBe(8);
});

it("goes on with what an earlier part of the run counted", async () => {
  const times = [0, 1, 3];
  const earlier = { shares: { compile: 5, step: 20, dataWait: 10 }, steps: 9 };
  const clock = createStepClock(earlier, () => times.shift()!);
  await run(clock); // 1 to 3
  expect(clock.reading()).toEqual({ shares: { compile: 5, step: 22, dataWait: 11 }, steps: 10 });
  expect(clock.meanSecondsPerStep()).toBe(3.3);
  expect(clock.secondsPerStep()).toBe(3);
  expect(earlier.steps).toBe(9);
});
