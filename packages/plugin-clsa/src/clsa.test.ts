import { l2Normalize, resnet20, sgd } from "@tssl/core";
import {
  assertClose,
  assertGoldenSteps,
  type Generated,
  generatedAll,
  type GoldenSteps,
  readGolden,
  smallConvNet,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { moco } from "@tssl/plugin-moco";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { clsa } from "./clsa.ts";
import { ddm } from "./ddm.ts";

beforeAll(() => startEngine({ device: "cpu" }));

interface DdmCase {
  readonly name: string;
  readonly temperature: number;
  readonly detachTeacher: boolean;
  readonly leftOut: number[][] | null;
  readonly inputs: Record<"weak" | "strong" | "candidates", Generated>;
  readonly loss: number;
  readonly gradients: { readonly strong: number[]; readonly weak?: number[] };
}

const { cases } = readGolden<{ cases: DdmCase[] }>(new URL("../fixtures/ddm.json", import.meta.url));

describe("ddm", () => {
  it.each(cases)(
    "equals PyTorch: $name",
    ({ temperature, detachTeacher, leftOut, inputs, loss, gradients }) => {
      const { weak, strong, candidates } = generatedAll(inputs) as Record<keyof typeof inputs, tf.Tensor2D>;
      const excluded = leftOut === null ? undefined : tf.tensor2d(leftOut);
      const rows = l2Normalize(candidates);
      const { value, grads } = tf.valueAndGrads((w: tf.Tensor, s: tf.Tensor) =>
        // Zero times the weak side, so that it has a gradient of zero where the teacher is detached.
        tf.add(
          ddm({
            weak: l2Normalize(w as tf.Tensor2D),
            strong: l2Normalize(s as tf.Tensor2D),
            candidates: rows,
            temperature,
            detachTeacher,
            excluded,
          }),
          tf.mul(tf.sum(w), 0),
        ),
      )([weak, strong]);
      expect(Math.abs(value.dataSync()[0]! - loss)).toBeLessThan(1e-5);
      assertClose(grads[1]!, gradients.strong, 1e-5, "gradient of the strong side");
      if (gradients.weak === undefined) expect(tf.max(tf.abs(grads[0]!)).dataSync()[0]).toBe(0);
      else assertClose(grads[0]!, gradients.weak, 1e-5, "gradient of the weak side");
    },
  );

  it("is the entropy of the teacher, log M, when all candidates coincide", () => {
    const z = tf.tensor2d([[0.6, 0.8]]);
    const candidates = tf.tile(z, [7, 1]);
    const loss = ddm({ weak: z, strong: z, candidates, temperature: 0.2, detachTeacher: true });
    expect(loss.dataSync()[0]).toBeCloseTo(Math.log(7), 5);
  });

  it("leaves one tensor behind, the result", () => {
    const z = tf.tensor2d([[0.6, 0.8]]);
    const before = tf.memory().numTensors;
    ddm({ weak: z, strong: z, candidates: z, temperature: 0.2, detachTeacher: true });
    expect(tf.memory().numTensors).toBe(before + 1);
  });

  it("says what is wrong with its input", () => {
    const [a, b] = [tf.ones<tf.Rank.R2>([2, 3]), tf.ones<tf.Rank.R2>([2, 4])];
    const rest = { temperature: 0.2, detachTeacher: true };
    expect(() => ddm({ weak: a, strong: b, candidates: a, ...rest })).toThrow(
      "ddm: strong must have shape [2, 3] (same as weak), got [2, 4].",
    );
    expect(() => ddm({ weak: a, strong: a, candidates: b, ...rest })).toThrow(
      "ddm: candidates must have shape [M, 3] (D of weak), got [2, 4].",
    );
    expect(() => ddm({ weak: a, strong: a, candidates: a, temperature: 0, detachTeacher: true })).toThrow(
      "temperature must be > 0, got 0.",
    );
  });
});

describe("clsa on moco", () => {
  const run = (options: object, imageSize = 32) =>
    testRun({
      encoder: { use: smallConvNet },
      plugins: [
        { use: clsa, ...options },
        { use: moco, queueSize: 8, dim: 8 },
      ],
      optimizer: { use: sgd, lr: 0.1 },
      batchSize: 4,
      imageSize,
    });

  it.each(["eager", "graph"] as const)(
    "makes the steps that PyTorch makes: losses, both networks, queue; %s",
    async (mode) => {
      const golden = readGolden<GoldenSteps>(new URL("../fixtures/clsa-steps.json", import.meta.url));
      const { temperature, queueSize, emaMomentum, batch, head, sgd: options } = golden.settings;
      const prepared = testRun({
        encoder: { use: resnet20 },
        plugins: [
          { use: moco, dim: head.at(-1), temperature, queueSize, momentum: emaMomentum },
          { use: clsa, beta: 1, temperature },
        ],
        optimizer: {
          use: sgd,
          lr: options.learningRate,
          momentum: options.momentum,
          weightDecay: options.weightDecay,
        },
        batchSize: batch,
      });
      await assertGoldenSteps(prepared, golden, { infoNce: "moco/infoNce", ddm: "clsa/ddm" }, mode);
      prepared.dispose();
    },
  );

  it("adds the whole weak recipe at the paper's size and scale, then five draws", () => {
    const { query, strong } = run({}, 224).views;
    const [crop, ...rest] = strong!.recipe;
    expect(crop).toMatchObject({ op: "randomResizedCrop", size: 96 });
    const { scale } = crop as { scale: readonly [number, number] };
    expect(scale[0]).toBeCloseTo(0.0857, 4);
    expect(scale[1]).toBeCloseTo(0.4286, 4);
    expect(rest.slice(0, -1)).toEqual(query!.recipe.slice(1));
    expect(rest.at(-1)).toEqual({ op: "randomStrong", pool: "paper", draws: 5, probability: 0.5 });
    expect(run({}).views["strong"]!.recipe[0]).toMatchObject({ size: 16, scale: [0.1, 0.5] });
    expect(run({ strongSize: 32 }).views["strong"]!.recipe[0]).toMatchObject({ size: 32, scale: [0.2, 1] });
    expect(Object.keys(run({ strongViews: 2 }).views)).toEqual(["query", "key", "strong1", "strong2"]);
  });

  it("refuses a weak view that the method does not have", () => {
    expect(() => run({ weakView: "weak" })).toThrow(
      'clsa.weakView must be a view of the method (query, key), got "weak".',
    );
  });
});
