import type { Scope } from "@tssl/core";
import { assertClose, fill, type Generated, generatedAll, readGolden, tensorsLeft } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { contextNetwork } from "./context-network.ts";

interface Case {
  readonly name: string;
  readonly width: number;
  readonly blocks: number;
  readonly inputs: Readonly<Record<"encodings" | "direction", Generated>>;
  readonly contexts: { readonly values: number[] };
  readonly gradient: { readonly values: number[] };
  readonly gradientOfConv2: { readonly values: number[] };
}
const { contexts: cases } = readGolden<{ contexts: Case[] }>(
  new URL("../fixtures/cpc-losses.json", import.meta.url),
);

/** Parameters by the rules of the golden file, from their own names. */
function scopeOf(made: Record<string, tf.Variable> = {}, prefix = ""): Scope {
  return {
    child: (name: string) => scopeOf(made, `${prefix}${name}.`),
    parameter(name: string, shape: number[]) {
      const [from = 1] = made[`${prefix}weight`]?.shape ?? shape;
      const values = fill(prefix + name, tf.util.sizeFromShape(shape), Math.sqrt(1 / from));
      return (made[prefix + name] = tf.variable(tf.tensor(values, shape)));
    },
  } as unknown as Scope;
}

const [HEIGHT, WIDTH, FEATURES] = [4, 5, 6];
const network = (blocks: number) => contextNetwork(scopeOf(), { features: FEATURES, width: 24, blocks });
/** Above zero, so that the last relu hides nothing. */
const encodings = () =>
  tf.tensor4d(
    fill("encodings", 2 * HEIGHT * WIDTH * FEATURES, 1).map((x) => x + 3),
    [2, HEIGHT, WIDTH, FEATURES],
  );

/** Where `[2, H, W, D]` differ: "image row column" of each place. */
function differing(one: tf.Tensor4D, other: tf.Tensor4D): string[] {
  const [a, b] = [one.arraySync(), other.arraySync()];
  return a.flatMap((image, i) =>
    image.flatMap((row, r) =>
      row.flatMap((place, c) => (String(place) === String(b[i]![r]![c]) ? [] : [`${i} ${r} ${c}`])),
    ),
  );
}

/** The encodings, but for one place of the first image. */
const changedAt = (row: number, column: number) => {
  const values = encodings().arraySync();
  values[0]![row]![column] = values[0]![row]![column]!.map((x) => 7 - x);
  return tf.tensor4d(values);
};

beforeAll(() => startEngine({ device: "cpu" }));

describe("the context network", () => {
  it.each(cases)("is the pseudo-code's in PyTorch, with its gradients: $name", (golden) => {
    const { encodings, direction } = generatedAll(golden.inputs);
    const made: Record<string, tf.Variable> = {};
    const { width, blocks } = golden;
    const contextOf = contextNetwork(scopeOf(made), { features: encodings.shape[3]!, width, blocks });
    const f = (x: tf.Tensor) => contextOf(x as tf.Tensor4D);
    assertClose(f(encodings), golden.contexts.values, 1e-5, "contexts");
    assertClose(tf.grad(f)(encodings, direction), golden.gradient.values, 1e-5, "gradient");
    const conv2 = made["0.conv2.weight"]!;
    const { grads } = tf.variableGrads(() => tf.sum(tf.mul(f(encodings), direction)).asScalar(), [conv2]);
    assertClose(grads[conv2.name]!, golden.gradientOfConv2.values, 1e-5, "gradient of conv2");
  });

  it.each([0, 1, 2, 3])("hides row %d from every row above it, and from other images", (row) => {
    const contextOf = network(3);
    const changed = differing(contextOf(encodings()), contextOf(changedAt(row, 2)));
    expect(changed.length).toBeGreaterThan(0);
    for (const place of changed) {
      const [image, at] = place.split(" ").map(Number);
      expect(image).toBe(0);
      expect(at).toBeGreaterThanOrEqual(row);
    }
  });

  it("sends no gradient from a context to rows below it", () => {
    const contextOf = network(3);
    const ofRow1 = (x: tf.Tensor) => tf.sum(tf.slice(contextOf(x as tf.Tensor4D), [0, 1], [-1, 1]));
    const gradient = tf.grad(ofRow1)(encodings()) as tf.Tensor4D;
    const largest = tf.max(tf.abs(gradient), [0, 2, 3]).dataSync();
    expect([...largest.slice(2)]).toEqual([0, 0]);
    expect(Math.min(...largest.slice(0, 2))).toBeGreaterThan(0);
  });

  it("sees one row and one column further with each block", () => {
    const reached = (blocks: number) => {
      const contextOf = network(blocks);
      return differing(contextOf(encodings()), contextOf(changedAt(0, 2)));
    };
    const within = (distance: number) =>
      Array.from({ length: distance + 1 }, (_, r) => r).flatMap((r) =>
        [0, 1, 2, 3, 4].filter((c) => Math.abs(c - 2) <= distance).map((c) => `0 ${r} ${c}`),
      );
    expect(reached(1)).toEqual(within(1));
    expect(reached(2)).toEqual(within(2));
  });

  it("leaves one tensor behind, its result", () => {
    const [contextOf, x] = [network(2), encodings()];
    expect(tensorsLeft(() => contextOf(x))).toBe(1);
  });
});
