import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import { stepTooLarge } from "../messages/notices.ts";
import { createStateStore } from "../state/store.ts";
import { memoryForecast, tooLarge } from "./memory-forecast.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const GIB = 2 ** 30;

it("adds a step's intermediates and scratch space to what the process has, and says what the state is made of", () => {
  const store = createStateStore();
  const added = { role: "buffer", trained: false } as const;
  store.add("moco.online.encoder.weight", tf.zeros([10]), added);
  store.add("moco.online.head.weight", tf.zeros([5]), added);
  store.add("moco.keys.rows", tf.zeros([100]), added);
  store.add("moco.keys.cursor", tf.scalar(0, "int32"), added);
  expect(memoryForecast(store, { ops: 3, intermediateBytes: 1000 }, 5000, 7000)).toEqual({
    total: 7000,
    step: 2000,
    state: [
      { name: "moco.keys", bytes: 404 },
      { name: "moco.online", bytes: 60 },
    ],
    available: 7000,
  });
  store.dispose();
});

it("sees how much memory is free", () => {
  const { available, total } = memoryForecast(createStateStore(), { ops: 0, intermediateBytes: 0 });
  expect(available).toBeGreaterThan(2 ** 20);
  expect(total).toBeGreaterThan(2 ** 20);
});

it("warns of a step that does not fit, and of no other", () => {
  const forecast = { total: 0, step: 3.14 * GIB, state: [] };
  expect(tooLarge({ ...forecast, available: 4 * GIB })).toBeUndefined();
  expect(tooLarge({ ...forecast, available: 2 * GIB })).toBe(stepTooLarge(forecast.step, 2 * GIB));
});
