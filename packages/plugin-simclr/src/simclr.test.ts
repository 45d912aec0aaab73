import { definePlugin, type EmbeddingSpace, embeddingSpace } from "@tssl/core";
import { sgd } from "@tssl/core/run";
import {
  assertClose,
  assertGoldenSteps,
  fill,
  goldenModes,
  type GoldenCase,
  numbersOf,
  smallConvNet,
  stepDescription,
  stepPart,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { goldenCases } from "./golden.ts";
import { simclr } from "./simclr.ts";

const BATCH = 4;

beforeAll(() => startEngine({ device: "cpu" }));

const runOf = (options: object = {}, ...terms: object[]) =>
  testRun({
    encoder: { use: smallConvNet },
    plugins: [{ use: simclr, dim: 8, ...options }, ...terms],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: BATCH,
  });
const part = (run: ReturnType<typeof runOf>) => {
  const image = (name: string) => tf.tensor4d(fill(name, BATCH * 192, 1), [BATCH, 8, 8, 3]);
  return stepPart(run, { first: image("first"), second: image("second") });
};

describe("simclr", () => {
  it.each(goldenModes)(
    "makes the ten steps that PyTorch makes: loss, gradients, network, optimizer; %s",
    async (mode) => {
      const [{ plugins, golden }] = goldenCases as [GoldenCase];
      await assertGoldenSteps(plugins, golden, mode);
    },
  );

  it("makes both views alike, as its options say", () => {
    const { first, second } = runOf({ colorStrength: 0.5, blur: 0, minimumScale: 0.2 }).views;
    expect(second).toEqual(first);
    expect(first!.recipe).toMatchObject([
      { op: "randomResizedCrop", size: 32, scale: [0.2, 1] },
      { op: "horizontalFlip" },
      { op: "colorJitter", brightness: 0.4, hue: 0.1 },
      { op: "grayscale" },
    ]);
  });

  it("has heads of two layers, three, and without batch norm", () => {
    const head = (options: object) =>
      runOf(options)
        .store.entries()
        .filter(({ name }) => name.startsWith("simclr.network.head."))
        .map(({ name, variable }) => `${name.slice(20)} ${variable.shape.join("x")}`);
    const norm = (at: number, width: number) => [`${at}.running_mean ${width}`, `${at}.running_var ${width}`];
    const whole = (at: number, width: number) => [
      `${at}.weight ${width}`,
      `${at}.bias ${width}`,
      ...norm(at, width),
    ];
    expect(head({})).toEqual([
      "0.weight 16x16",
      ...whole(1, 16),
      "3.weight 16x8",
      "4.weight 8",
      ...norm(4, 8),
    ]);
    expect(head({ layers: 3, hidden: 12 })).toEqual([
      ...["0.weight 16x12", ...whole(1, 12), "3.weight 12x12", ...whole(4, 12)],
      ...["6.weight 12x8", "7.weight 8", ...norm(7, 8)],
    ]);
    expect(head({ headBatchNorm: false })).toEqual([
      "0.weight 16x16",
      "0.bias 16",
      "2.weight 16x8",
      "2.bias 8",
    ]);
  });

  it("names its chance level, log(2N - 1)", () => {
    const run = runOf();
    expect(stepDescription(run, [part(run)]).chanceLevels["simclr/ntXent"]).toBe(Math.log(7));
  });
});

describe("simclr's embedding space", () => {
  /** Looks at the space from a term, and logs the contrast of the method's own queries. */
  function lookAt(look: (space: EmbeddingSpace) => void) {
    const term = definePlugin<object>({
      name: "looking",
      options: { type: "object", additionalProperties: false, required: [], properties: {} },
      requires: [embeddingSpace],
      setup: () => ({
        step({ use }) {
          const space = use(embeddingSpace);
          look(space);
          const metrics = Object.fromEntries(
            Object.entries(space.queries).map(([view, query]) => [view, query.lossOf(query.embedding)]),
          );
          return { terms: {}, metrics };
        },
      }),
    });
    const run = runOf({}, { use: term });
    return run.step([part(run)], tf.scalar(0.1));
  }

  it("has both views as queries, and the batch as candidates without each one's own row", () => {
    lookAt(({ queries, candidates }) => {
      const { first, second } = queries;
      const rows = tf.concat([first!.embedding, second!.embedding]);
      assertClose(candidates, rows, 0);
      expect(Array.from(numbersOf(first!.sameView!))).toEqual([0, 1, 2, 3]);
      expect(Array.from(numbersOf(first!.positives))).toEqual([4, 5, 6, 7]);
      expect(Array.from(numbersOf(second!.sameView!))).toEqual([4, 5, 6, 7]);
      expect(Array.from(numbersOf(second!.positives))).toEqual([0, 1, 2, 3]);
    });
  });

  it("contrasts its own queries to the method's loss: the mean of both views", () => {
    const scalars = lookAt(() => undefined);
    const [first, second] = ["looking/first", "looking/second"].map((name) => numbersOf(scalars[name]!)[0]!);
    assertClose(scalars["simclr/ntXent"]!, [(first! + second!) / 2], 1e-6);
  });
});
