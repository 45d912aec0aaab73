import {
  assertClose,
  fill,
  type Generated,
  generatedAll,
  numericGradient,
  readGolden,
  refusal,
  tensorsLeft,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { directionsOf } from "./directions.ts";
import { ownRows } from "@tssl/core/contrast";
import { patchPrediction } from "./patch-prediction.ts";

interface Case {
  readonly name: string;
  readonly ahead: readonly number[];
  readonly inputs: Readonly<Record<"encodings" | "targets", Generated>>;
  readonly loss: number;
  readonly gradients: Readonly<Record<"encodings" | "targets", { readonly values: number[] }>>;
}
const { predictions: cases } = readGolden<{ predictions: Case[] }>(
  new URL("../fixtures/cpc-losses.json", import.meta.url),
);

const [B, H, W, D] = [2, 4, 3, 2];
type Shape = [number, number, number, number];
const tensor = (values: ArrayLike<number>, shape: Shape) => tf.tensor4d(Float32Array.from(values), shape);
const targets = () => Array.from(fill("targets", B * H * W * D, 2));
const predictions = (ahead: number) => Array.from(fill("predictions", B * (H - ahead) * W * D, 2));
const inputOf = (p: ArrayLike<number>, t: ArrayLike<number>, ahead: number) => ({
  predictions: tensor(p, [B, H - ahead, W, D]),
  targets: tensor(t, [B, H, W, D]),
  ahead,
});

/** Eq. 3 of arXiv:1905.09272 in loops over images, rows and columns, and over all patches. */
function byHand(p: ArrayLike<number>, t: ArrayLike<number>, ahead: number): number {
  const rowOf = (values: ArrayLike<number>, b: number, r: number, c: number, height: number) =>
    Array.from({ length: D }, (_, d) => values[((b * height + r) * W + c) * D + d]!);
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, d) => sum + value * y[d]!, 0);
  let sum = 0;
  for (let b = 0; b < B; b++) {
    for (let r = 0; r < H - ahead; r++) {
      for (let c = 0; c < W; c++) {
        const predicted = rowOf(p, b, r, c, H - ahead);
        let all = 0;
        for (let i = 0; i < B; i++) {
          for (let j = 0; j < H; j++) {
            for (let k = 0; k < W; k++) all += Math.exp(dot(predicted, rowOf(t, i, j, k, H)));
          }
        }
        sum += Math.log(all) - dot(predicted, rowOf(t, b, r + ahead, c, H));
      }
    }
  }
  return sum / (B * (H - ahead) * W);
}

beforeAll(() => startEngine({ device: "cpu" }));

describe("patchPrediction", () => {
  it.each(cases)("is the pseudo-code's in PyTorch, with its gradients: $name", (golden) => {
    const { encodings, targets } = generatedAll(golden.inputs);
    const f = (...[e, t]: tf.Tensor[]) => {
      const losses = golden.ahead.map((ahead) => {
        const predictions = tf.slice(e as tf.Tensor4D, [0, 0], [-1, e!.shape[1]! - ahead]);
        return patchPrediction({ predictions, targets: t as tf.Tensor4D, ahead }).loss;
      });
      return tf.sum(tf.stack(losses));
    };
    assertClose(f(encodings, targets), [golden.loss], 1e-6, "loss");
    const [ofEncodings, ofTargets] = tf.grads(f)([encodings, targets]);
    assertClose(ofEncodings!, golden.gradients.encodings.values, 1e-5, "gradient of the predictions");
    assertClose(ofTargets!, golden.gradients.targets.values, 1e-5, "gradient of the targets");
  });

  it.each([1, 2, 3])("is the paper's equation in loops, and has its gradient: %d rows ahead", (ahead) => {
    const [p, t] = [predictions(ahead), targets()];
    const { loss } = patchPrediction(inputOf(p, t, ahead));
    assertClose(loss, [byHand(p, t, ahead)], 1e-6);
    const [ofP, ofT] = tf.grads(
      (...[x, y]: tf.Tensor[]) =>
        patchPrediction({ predictions: x as tf.Tensor4D, targets: y as tf.Tensor4D, ahead }).loss,
    )([tensor(p, [B, H - ahead, W, D]), tensor(t, [B, H, W, D])]);
    assertClose(
      ofP!,
      numericGradient((x) => byHand(x, t, ahead), p, 1e-6),
      1e-4,
    );
    assertClose(
      ofT!,
      numericGradient((y) => byHand(p, y, ahead), t, 1e-6),
      1e-4,
    );
  });

  it("is log of the patches where all look the same, and recognizes each where they stand apart", () => {
    const same = patchPrediction(inputOf(Array<number>(B * 3 * W * D).fill(1), Array<number>(B * H * W * D).fill(1), 1)); // prettier-ignore
    assertClose(same.loss, [Math.log(B * H * W)], 1e-6);
    // Each patch has a number of its own that it alone has.
    const count = B * H * W;
    const own = tf.reshape<tf.Rank.R4>(tf.mul(tf.eye(count), 50), [B, H, W, count]);
    const apart = patchPrediction({
      predictions: tf.slice4d(own, [0, 1, 0, 0], [-1, H - 1, -1, -1]),
      targets: own,
      ahead: 1,
    });
    expect(apart.loss.dataSync()[0]).toBeCloseTo(0, 6);
    expect(apart.accuracy.dataSync()[0]).toBe(1);
  });

  it("finds its own patches among those of all replicas", () => {
    const [p, t, others] = [predictions(2), targets(), Array.from(fill("others", B * H * W * D, 2))];
    const rows = (values: number[]) => tf.tensor2d(values, [B * H * W, D]);
    const as = (rank: number, all: tf.Tensor2D) =>
      patchPrediction({
        ...inputOf(p, t, 2),
        candidates: all,
        replicas: { ownRows: (count) => ownRows(count, rank) },
      }).loss;
    const first = as(0, tf.concat([rows(t), rows(others)]));
    assertClose(as(1, tf.concat([rows(others), rows(t)])), first, 1e-6);
    expect(first.dataSync()[0]).toBeGreaterThan(byHand(p, t, 2)); // more patches to be told from
  });

  it("leaves its results and nothing else behind", () => {
    const input = inputOf(predictions(1), targets(), 1);
    expect(tensorsLeft(() => patchPrediction(input))).toBe(2);
  });

  it("says what is wrong", async () => {
    const input = { ...inputOf(predictions(1), targets(), 1), ahead: 2 };
    expect(await refusal(() => patchPrediction(input))).toBe(
      "SHAPE_MISMATCH: patchPrediction: predictions must have shape [2, 2, 3, 2] (targets without 2 rows), " +
        "got [2, 3, 3, 2].",
    );
  });
});

describe("directionsOf", () => {
  /** Row by row. */
  const grid = () => tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 2, 3, 1]);
  const rowsOf = (turned: tf.Tensor4D) => turned.arraySync()[0]!.map((row) => row.map(([value]) => value));

  it("turns grids so that each direction leads down", () => {
    expect(directionsOf(4).map(({ name, turned }) => [name, rowsOf(turned(grid()))])).toEqual([
      ["down", [[1, 2, 3], [4, 5, 6]]],
      ["up", [[4, 5, 6], [1, 2, 3]]],
      ["right", [[1, 4], [2, 5], [3, 6]]],
      ["left", [[3, 6], [2, 5], [1, 4]]],
    ]); // prettier-ignore
    expect(directionsOf(2).map(({ name }) => name)).toEqual(["down", "up"]);
    expect(directionsOf(1).map(({ name }) => name)).toEqual(["down"]);
  });
});
