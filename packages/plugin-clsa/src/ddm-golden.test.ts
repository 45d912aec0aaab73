import { l2Normalize } from "@tssl/core";
import { assertClose, type Generated, generatedAll, readGolden } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

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
