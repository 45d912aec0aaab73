import * as tf from "@tensorflow/tfjs";
import { expect, it } from "vitest";

import { startEngine } from "./start.ts";

it("makes TensorFlow the backend", async () => {
  const engine = await startEngine({ device: "cpu" });
  expect(engine).toMatchObject({ device: "cpu", tfjsVersion: "4.22.0" });
  expect(tf.getBackend()).toBe("tensorflow");
  expect(tf.add(1, 2).dataSync()[0]).toBe(3);
});
