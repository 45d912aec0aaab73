import { expect, it } from "vitest";

import type { RunObserver } from "../run/observer.ts";
import { runServices, services } from "./services.ts";

const observer: RunObserver = {};

it("has tssl's own services where a program binds none", async () => {
  const { observers, createClock } = await runServices([observer]);
  expect(observers).toEqual([observer]);
  const clock = createClock();
  await clock.time(() => Promise.resolve(), () => false); // prettier-ignore
  expect(clock.reading().steps).toBe(1);
});

it("times steps by the clock that a program binds", async () => {
  let seconds = 0;
  const { createClock } = await runServices([], (container) => {
    container.rebind(services.clock).toConstantValue(() => seconds);
  });
  const clock = createClock();
  seconds = 3;
  const step = () => Promise.resolve((seconds = 10));
  await clock.time(step, () => false);
  expect(clock.reading().shares).toEqual({ compile: 0, step: 7, dataWait: 3 });
});

it("lets a program wrap what is bound, and waits for it", async () => {
  const another: RunObserver = {};
  const { observers } = await runServices([observer], async (container) => {
    await Promise.resolve();
    container.onActivation(services.observers, (_context, bound) => [...bound, another]);
  });
  expect(observers).toHaveLength(2);
  expect(observers[1]).toBe(another);
});
