import { l2Normalize } from "@tssl/core";
import {
  assertClose,
  fill,
  type Generated,
  generated,
  numbersOf,
  numericGradient,
  readGolden,
  refusal,
  tensorsLeft,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { density } from "./density.ts";
import { prototypeContrast, type PrototypeContrastInput } from "./prototype-contrast.ts";

interface Golden {
  readonly queries: Generated;
  readonly prototypes: Generated;
  readonly densities: Generated;
  readonly densityCases: readonly {
    readonly name: string;
    readonly temperature: number;
    readonly clusters: number;
    readonly labels: number[];
    readonly distances: Generated;
    readonly density: number[];
  }[];
  readonly lossCases: readonly {
    readonly name: string;
    readonly assigned: number[];
    readonly negatives?: number[];
    readonly loss: number;
    readonly gradient: number[];
  }[];
}
const golden = readGolden<Golden>(new URL("../fixtures/pcl-losses.json", import.meta.url));

const int32 = (values: readonly number[]) => tf.tensor1d([...values], "int32");

beforeAll(() => startEngine({ device: "cpu" }));

describe("density", () => {
  it.each(golden.densityCases)("equals the authors' code: $name", ({ distances, labels, ...rest }) => {
    const given = numbersOf(generated(distances));
    const found = density({ ...rest, distances: given, labels: Int32Array.from(labels) });
    assertClose(found, rest.density, 1e-6);
  });

  it("is T in the mean, and T for all where no row is away from its centroid", () => {
    const labels = Int32Array.from({ length: 60 }, (_, i) => i % 7);
    const distances = fill("distances", 60, 0.4).map((x) => x + 0.5);
    const found = density({ distances, labels, clusters: 7, temperature: 0.3 });
    expect(found.reduce((sum, x) => sum + x, 0) / 7).toBeCloseTo(0.3, 6);
    const none = density({ distances: new Float64Array(3), labels: Int32Array.of(0, 0, 1), clusters: 3, temperature: 0.2 }); // prettier-ignore
    expect([...none]).toEqual([...Float32Array.of(0.2, 0.2, 0.2)]);
  });

  it("is never 0, where rows of some clusters coincide", () => {
    const labels = Int32Array.of(0, 0, 1, 1, 2, 2);
    const found = density({ distances: [0, 0, 0, 0, 4, 4], labels, clusters: 3, temperature: 0.2 });
    expect(found[0]).toBeCloseTo(0.002, 8);
    expect(found[2]).toBeCloseTo(0.6, 6);
  });

  it("is smaller for a cluster of more rows that are as near", () => {
    const labels = Int32Array.of(0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const [small, large] = density({
      distances: Array<number>(10).fill(1),
      labels,
      clusters: 2,
      temperature: 1,
    });
    expect(large!).toBeLessThan(small!);
  });
});

describe("prototypeContrast", () => {
  const shared = () => ({
    prototypes: l2Normalize(generated(golden.prototypes) as tf.Tensor2D),
    densities: generated(golden.densities) as tf.Tensor1D,
  });

  it.each(golden.lossCases)("equals the authors' code: $name", ({ assigned, negatives, loss, gradient }) => {
    const at = (rows: tf.Tensor) =>
      prototypeContrast({
        ...shared(),
        queries: l2Normalize(rows as tf.Tensor2D),
        assigned: int32(assigned),
        ...(negatives === undefined ? {} : { negatives: int32(negatives) }),
      }).loss;
    const queries = generated(golden.queries);
    assertClose(at(queries), [loss], 1e-6);
    assertClose(tf.grad(at)(queries), gradient, 1e-5);
  });

  const rows = [[0.6, 0.8], [1, 0]]; // prettier-ignore
  const prototypes = [[1, 0], [0, 1], [-0.8, 0.6]]; // prettier-ignore
  const phi = [0.5, 1, 0.25];
  const byHand = (
    queries: readonly (readonly number[])[],
    assigned: readonly number[],
    columns?: readonly number[],
  ) => {
    const losses = queries.map((q, i) => {
      const logit = (c: number) => (q[0]! * prototypes[c]![0]! + q[1]! * prototypes[c]![1]!) / phi[c]!;
      const all = columns ?? [0, 1, 2];
      return Math.log(all.reduce((sum, c) => sum + Math.exp(logit(c)), 0)) - logit(assigned[i]!);
    });
    return losses.reduce((sum, x) => sum + x, 0) / queries.length;
  };
  const input = (): PrototypeContrastInput => ({
    queries: tf.tensor2d(rows),
    prototypes: tf.tensor2d(prototypes),
    densities: tf.tensor1d(phi),
    assigned: int32([1, 0]),
  });

  it("is the paper's equation over all prototypes, or those of the batch and the drawn ones", () => {
    assertClose(prototypeContrast(input()).loss, [byHand(rows, [1, 0])], 1e-6);
    const drawn = prototypeContrast({ ...input(), negatives: int32([2]) });
    assertClose(drawn.loss, [byHand(rows, [1, 0], [1, 0, 2])], 1e-6);
    // Both queries in cluster 1: each meets its own prototype twice.
    const same = prototypeContrast({ ...input(), assigned: int32([1, 1]), negatives: int32([2]) });
    assertClose(same.loss, [byHand(rows, [1, 1], [1, 1, 2])], 1e-6);
  });

  it("has its gradient in the queries", () => {
    const numeric = numericGradient((x) => byHand([[x[0]!, x[1]!], [x[2]!, x[3]!]], [1, 0]), rows.flat(), 1e-6); // prettier-ignore
    const got = tf.grad((q) => prototypeContrast({ ...input(), queries: q as tf.Tensor2D }).loss)(
      tf.tensor2d(rows),
    );
    assertClose(got, numeric, 1e-5);
  });

  it("leaves its results and nothing else behind", () => {
    const given = input();
    expect(tensorsLeft(() => prototypeContrast(given))).toBe(2);
  });

  it.each<[() => Partial<PrototypeContrastInput>, string]>([
    [
      () => ({ prototypes: tf.ones([3, 4]) }),
      "prototypes must have shape [K, 2] (D of queries), got [3, 4].",
    ],
    [() => ({ densities: tf.ones([2]) }), "densities must have shape [3] (K of prototypes), got [2]."],
    [() => ({ assigned: int32([1]) }), "assigned must have shape [2] (B of queries), got [1]."],
  ])("says what is wrong: %#", async (change, message) => {
    expect(await refusal(() => prototypeContrast({ ...input(), ...change() }))).toBe(
      `SHAPE_MISMATCH: prototypeContrast: ${message}`,
    );
  });
});
