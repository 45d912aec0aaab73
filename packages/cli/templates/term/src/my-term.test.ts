import type { EmbeddingSpace } from "@tssl/core";
import { testPlugin } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { moco } from "@tssl/plugin-moco";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, it } from "vitest";

import plugin from "./my-term.ts";

beforeAll(() => startEngine({ device: "cpu" }));

it("is the mean of the losses that the method's queries have of the strong view", () => {
  const query = (factor: number) => ({
    lossOf: (rows: tf.Tensor2D) => tf.mul<tf.Scalar>(tf.sum(rows), factor),
  });
  // A method in place of a real one: all that the term takes from it.
  const space = {
    queries: { first: query(1), second: query(3) },
    embedQuery: () => tf.tensor2d([[0.6, 0.8]]), // prettier-ignore
  } as unknown as EmbeddingSpace;
  const { step } = plugin.setup({} as never, { weight: 0.5 });
  const { terms } = step({ use: () => space, views: {} } as never);
  expect(terms["strongView"]!.loss.dataSync()[0]).toBeCloseTo(2.8, 5); // (1.4 * 1 + 1.4 * 3) / 2
  expect(terms["strongView"]!.weight).toBe(0.5);
});

// All that the contract asks of a plugin, in small, on each of the methods that are named.
await testPlugin(plugin, { on: [{ use: moco, queueSize: 16, dim: 8 }], stopGradients: ["key"] });
