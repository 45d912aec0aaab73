import { assertClose, fill, numericGradient } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

import { ddm } from "./ddm.ts";

type Rows = number[][];
interface Input {
  weak: Rows;
  strong: Rows;
  candidates: Rows;
  temperature: number;
  excluded?: Rows;
}

/** p(c | z) of eq. 3 of arXiv:2104.07713 in loops and float64, over the candidates that are not left out. */
function distributionByHand(
  z: number[],
  candidates: Rows,
  temperature: number,
  excluded: number[],
): number[] {
  const weights = candidates.map((c, j) =>
    excluded[j] === 1 ? 0 : Math.exp(c.reduce((sum, x, i) => sum + x * z[i]!, 0) / temperature),
  );
  const sum = weights.reduce((total, x) => total + x, 0);
  return weights.map((x) => x / sum);
}

/** Eq. 5 with the sign of a loss: the mean cross-entropy of the strong distribution under the weak one. */
function ddmByHand({ weak, strong, candidates, temperature, excluded }: Input): number {
  const losses = weak.map((z, i) => {
    const out = excluded?.[i] ?? [];
    const teacher = distributionByHand(z, candidates, temperature, out);
    const student = distributionByHand(strong[i]!, candidates, temperature, out);
    return -teacher.reduce((sum, p, j) => (p === 0 ? sum : sum + p * Math.log(student[j]!)), 0);
  });
  return losses.reduce((sum, x) => sum + x, 0) / losses.length;
}

/** Rows of length 1 that depend on the name. */
const unitRows = (name: string, count: number, dim = 3): Rows =>
  Array.from({ length: count }, (_, i) => {
    const row = Array.from(fill(`${name} ${i}`, dim, 1));
    return row.map((x) => x / Math.hypot(...row));
  });

const tensors = ({ weak, strong, candidates, temperature, excluded }: Input, detachTeacher: boolean) => ({
  weak: tf.tensor2d(weak),
  strong: tf.tensor2d(strong),
  candidates: tf.tensor2d(candidates),
  temperature,
  detachTeacher,
  ...(excluded === undefined ? {} : { excluded: tf.tensor2d(excluded) }),
});
const loss = (input: Input, detachTeacher = true) =>
  tf.tidy(() => ddm(tensors(input, detachTeacher)).dataSync()[0]!);

const example: Input = {
  weak: unitRows("weak", 2),
  strong: unitRows("strong", 2),
  candidates: unitRows("candidate", 5),
  temperature: 0.5,
};
const leavingOut: Input = { ...example, excluded: [[1, 0, 0, 0, 0], [0, 0, 1, 0, 1]] }; // prettier-ignore

beforeAll(() => startEngine({ device: "cpu" }));

describe("ddm values", () => {
  it("are the paper's equation on generated input, with candidates left out or not", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0.07, 0.2, 1), fc.boolean(), (seed, temperature, leave) => {
        const input: Input = {
          weak: unitRows(`w${seed}`, 3),
          strong: unitRows(`s${seed}`, 3),
          candidates: unitRows(`c${seed}`, 6),
          temperature,
          ...(leave ? { excluded: Array.from({ length: 3 }, (_, i) => [0, 1, 2, 3, 4, 5].map((j) => Number(i === j))) } : {}), // prettier-ignore
        };
        const want = ddmByHand(input);
        expect(Math.abs(loss(input) - want)).toBeLessThan(1e-5 * Math.max(1, want));
        expect(loss(input, false)).toBeCloseTo(loss(input), 6);
      }),
    );
  });

  it("are smallest where the student is spread as the teacher is: the teacher's entropy", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const input = { ...example, weak: unitRows(`w${seed}`, 2), strong: unitRows(`s${seed}`, 2) };
        const entropies = input.weak.map((z) =>
          distributionByHand(z, input.candidates, 0.5, []).reduce((sum, p) => sum - p * Math.log(p), 0),
        );
        const entropy = (entropies[0]! + entropies[1]!) / 2;
        expect(loss({ ...input, strong: input.weak })).toBeCloseTo(entropy, 5);
        expect(loss(input)).toBeGreaterThan(entropy - 1e-6);
      }),
    );
  });

  it("are log of the candidates that are left where all coincide", () => {
    const row = [0.6, 0.8, 0];
    const all = { ...example, candidates: Array<number[]>(5).fill(row) };
    expect(loss(all)).toBeCloseTo(Math.log(5), 5);
    const three = { ...all, excluded: [[1, 1, 0, 0, 0], [0, 0, 1, 1, 0]] }; // prettier-ignore
    expect(loss(three)).toBeCloseTo(Math.log(3), 5);
  });

  it("stay finite where a probability underflows", () => {
    const far: Input = { weak: [[1, 0]], strong: [[-1, 0]], candidates: [[1, 0], [-1, 0]], temperature: 0.01 }; // prettier-ignore
    expect(loss(far)).toBeCloseTo(200, 3);
  });
});

describe.each([
  ["all candidates", example],
  ["candidates left out", leavingOut],
])("ddm gradients, %s", (_name, input) => {
  const gradients = (detachTeacher: boolean) =>
    tf.grads((weak, strong) => {
      const sides = { weak: weak as tf.Tensor2D, strong: strong as tf.Tensor2D };
      // Zero times the weak side, so that there is a gradient to look at where the teacher is detached.
      return tf.add(ddm({ ...tensors(input, detachTeacher), ...sides }), tf.mul(tf.sum(weak), 0));
    })([tf.tensor2d(input.weak), tf.tensor2d(input.strong)]) as [tf.Tensor, tf.Tensor];
  const numeric = (side: "weak" | "strong") =>
    numericGradient(
      (x) => ddmByHand({ ...input, [side]: [[...x.subarray(0, 3)], [...x.subarray(3)]] }),
      input[side].flat(),
      1e-6,
    );

  it("agree with central differences in the strong side", () => {
    assertClose(gradients(true)[1], numeric("strong"), 1e-5);
    assertClose(gradients(false)[1], numeric("strong"), 1e-5);
  });

  it("agree in the weak side where the teacher learns too, and are zero where it does not", () => {
    assertClose(gradients(false)[0], numeric("weak"), 1e-5);
    assertClose(gradients(true)[0], new Array<number>(6).fill(0), 0);
  });
});
