import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { embeddingSpace } from "../plugins/embedding-space.ts";
import { embeddings } from "../plugins/embeddings.ts";
import type { Publication } from "../plugins/publication.ts";
import { tensorsLeft } from "../testing/index.ts";
import { embeddingGeometry } from "./embedding-geometry.ts";
import { embeddingSpread } from "./embedding-spread.ts";
import { worldOfOne } from "../state/replicas.ts";
import { publishedSpace, spaceOfViews } from "./observed-space.ts";

const of = (first: number[][], second: number[][]) => ({
  first: tf.tensor2d(first),
  second: tf.tensor2d(second),
});
/** The four axes' ends, of lengths that must not matter, and each a little turned. */
const axes = [[2, 0], [-1, 0], [0, 3], [0, -1]]; // prettier-ignore
const turned = [[0.8, 0.6], [-4, -3], [-0.6, 0.8], [3, -4]]; // prettier-ignore

beforeAll(() => startEngine({ device: "cpu" }));

describe("the space of plain embeddings", () => {
  it("compares each view with the next, by directions alone", () => {
    const space = spaceOfViews(of(axes, turned));
    const { rank, alignment, positive, negative } = embeddingGeometry(space)!;
    expect(rank.dataSync()[0]).toBeCloseTo(2, 5);
    expect(positive.dataSync()[0]).toBeCloseTo(0.8, 5);
    expect(alignment.dataSync()[0]).toBeCloseTo(2 - 2 * 0.8, 5);
    // The sum over all pairs of images is 0, as the rows of a view sum to 0: (0 - 4 * 0.8) / 12.
    expect(negative.dataSync()[0]).toBeCloseTo(-3.2 / 12, 5);
    // 8 rows of mean 0, variance 1/2 in each dimension but for 8 / 7.
    expect(embeddingSpread(space).dataSync()[0]).toBeCloseTo(Math.sqrt(8 / 7), 5);
  });

  it("goes round three views", () => {
    const { queries } = spaceOfViews({ ...of(axes, turned), third: tf.tensor2d(axes) });
    expect(Object.values(queries).map(({ positives }) => [...positives.dataSync()])).toEqual([
      [4, 5, 6, 7],
      [8, 9, 10, 11],
      [0, 1, 2, 3],
    ]);
  });

  it("has no gradient, and leaves its rows, places and candidates", () => {
    const views = of(axes, turned);
    expect(tensorsLeft(() => spaceOfViews(views))).toBe(5);
    const gradient = tf.grad((x) => {
      const { candidates } = spaceOfViews({ ...views, first: x as tf.Tensor2D });
      return tf.add(tf.sum(x), tf.sum(candidates));
    })(views.first);
    expect([...gradient.dataSync()]).toEqual(new Array(8).fill(1));
  });

  it("refuses one view, and views of two shapes", () => {
    const { first } = of(axes, turned);
    expect(() => spaceOfViews({ first })).toThrow(
      "two or more views, all of one shape [B, D], got first [4, 2].",
    );
    expect(() => spaceOfViews({ first, second: tf.zeros([4, 3]) })).toThrow("second [4, 3]");
  });

  it("gives way to an embedding space", () => {
    const views = of(axes, turned);
    const published = new Map<string, unknown>([[embeddings.name, views]]);
    const find = <T>({ name }: Publication<T>) => published.get(name) as T | undefined;
    expect(Object.keys(publishedSpace(find, worldOfOne)!.queries)).toEqual(["first", "second"]);
    const space = { queries: {}, candidates: views.first };
    published.set(embeddingSpace.name, space);
    expect(publishedSpace(find, worldOfOne)).toBe(space);
    published.clear();
    expect(publishedSpace(find, worldOfOne)).toBeUndefined();
  });
});
