import type { EmbeddingSpace } from "@tssl/core";
import { assertClose, fill, testPlugin } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { moco } from "@tssl/plugin-moco";
import { simclr } from "@tssl/plugin-simclr";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import co2 from "./consistency.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const unitRows = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const row = Array.from(fill(`${name} ${i}`, 3, 1));
    return row.map((x) => x / Math.hypot(...row));
  });

it("is the mean of both divergences over the other images, in loops", () => {
  const [rows, candidates] = [unitRows("query", 2), unitRows("candidate", 6)];
  const [positives, own] = [[2, 3], [0, 1]] as const; // prettier-ignore
  const likeness = (z: number[], left: readonly number[]) => {
    const weights = candidates.map((c, j) =>
      left.includes(j) ? 0 : Math.exp(c.reduce((sum, x, d) => sum + x * z[d]!, 0) / 0.5),
    );
    const sum = weights.reduce((total, x) => total + x, 0);
    return weights.map((x) => x / sum).filter((x) => x > 0);
  };
  const divergence = (p: number[], q: number[]) => p.reduce((sum, x, j) => sum + x * Math.log(x / q[j]!), 0);
  const each = rows.map((row, i) => {
    const left = [positives[i]!, own[i]!];
    const [p, q] = [likeness(row, left), likeness(candidates[positives[i]!]!, left)];
    return (divergence(p, q) + divergence(q, p)) / 2;
  });

  const space = {
    candidates: tf.tensor2d(candidates),
    queries: {
      query: {
        embedding: tf.tensor2d(rows),
        positives: tf.tensor1d([...positives], "int32"),
        sameView: tf.tensor1d([...own], "int32"),
      },
    },
  } as unknown as EmbeddingSpace;
  const run = co2.setup({} as never, { weight: 3, temperature: 0.5 });
  const { terms } = run.step({ use: () => space } as never);
  assertClose(terms["consistency"]!.loss, [(each[0]! + each[1]!) / 2], 1e-5);
  expect(terms["consistency"]!.weight).toBe(3);
});

// All that the contract asks of a plugin, on two methods.
await testPlugin(co2, { on: [{ use: moco, dim: 8, queueSize: 16 }], stopGradients: ["key"] });
describe("on SimCLR", { tags: "long" }, async () => {
  await testPlugin(co2, { on: [{ use: simclr, dim: 8, headBatchNorm: false }] });
});
