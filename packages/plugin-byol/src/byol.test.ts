import { definePlugin, type EmbeddingSpace, embeddingSpace } from "@tssl/core";
import { sgd } from "@tssl/core/run";
import {
  assertClose,
  assertGoldenSteps,
  fill,
  goldenModes,
  type GoldenCase,
  numbersOf,
  refusal,
  smallConvNet,
  stepPart,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { goldenCases } from "./golden.ts";
import { byol } from "./byol.ts";

const BATCH = 4;

beforeAll(() => startEngine({ device: "cpu" }));

const runOf = (options: object = {}, ...terms: object[]) =>
  testRun({
    encoder: { use: smallConvNet },
    plugins: [{ use: byol, dim: 8, hidden: 12, ...options }, ...terms],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: BATCH,
    datasetSize: 2 * BATCH,
  });
type Run = ReturnType<typeof runOf>;
const part = (run: Run, step = 0) => {
  const image = (name: string) => tf.tensor4d(fill(name, BATCH * 192, 1), [BATCH, 8, 8, 3]);
  return stepPart(run, { first: image("first"), second: image("second") }, step);
};
const state = (run: Run, name: string) => numbersOf(run.store.get(`byol.${name}`).variable);

describe("byol", () => {
  it.each(goldenModes)(
    "makes the ten steps that PyTorch makes: loss, gradients, both networks, predictor, optimizer; %s",
    async (mode) => {
      const [{ plugins, golden }] = goldenCases as [GoldenCase];
      await assertGoldenSteps(plugins, golden, mode);
    },
  );

  it("makes two different views, as its options say", () => {
    const operations = (options: object) =>
      Object.values(runOf(options).views).map(({ recipe }) => recipe.slice(4));
    const blur = (p: number) => ({
      ...{ op: "gaussianKernelBlur", sigma: [0.1, 2], kernelSize: 3, border: "black" },
      p,
    });
    const solarize = (p: number) => ({ op: "solarize", threshold: 128, p });
    expect(operations({})).toEqual([[blur(1)], [blur(0.1), solarize(0.2)]]);
    expect(operations({ blur: [0, 0], solarize: [0, 0.3] })).toEqual([[], [solarize(0.3)]]);
    expect(runOf({ saturation: 0.4, minimumScale: 0.2 }).views["second"]!.recipe).toMatchObject([
      { scale: [0.2, 1] },
      {},
      { saturation: 0.4 },
      {},
      {},
      {},
    ]);
  });

  it("moves the momentum encoder by a cosine to 1, or by a constant", () => {
    for (const [momentumSchedule, momenta] of [
      ["cosine", [0.5, 0.75]],
      ["constant", [0.5, 0.5]],
    ] as const) {
      const run = runOf({ momentum: 0.5, momentumSchedule });
      for (const [step, momentum] of momenta.entries()) {
        const before = state(run, "target.head.0.weight");
        run.step([part(run, step)], tf.scalar(0.1));
        const online = state(run, "online.head.0.weight");
        const want = Array.from(before, (old, i) => momentum * old + (1 - momentum) * online[i]!);
        assertClose(state(run, "target.head.0.weight"), want, 1e-6);
      }
    }
  });

  it("trains encoder, projector and predictor, and none of the momentum encoder", () => {
    const trained = runOf()
      .store.trained()
      .map(({ name }) => name.split(".").slice(1, 3).join("."));
    expect([...new Set(trained)]).toEqual([
      "online.encoder",
      "online.head",
      "predictor.0",
      "predictor.1",
      "predictor.3",
    ]);
  });

  it("refuses a queue that one forward pass overflows", async () => {
    expect(await refusal(() => runOf({ queueSize: 7 }))).toBe(
      "INVALID_OPTION: plugins.byol.queueSize must be 0, or at least 8, two rows per image of one forward " +
        "pass (batchSize / accumulate), got 7.",
    );
  });
});

describe("byol's embedding space", () => {
  /** Looks at the space from a term, and logs the contrast of the method's own queries. */
  function lookAt(options: object, look: (space: EmbeddingSpace) => void) {
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
    const run = runOf(options, { use: term });
    return { run, scalars: run.step([part(run)], tf.scalar(0.1)) };
  }

  it("compares predictions with the momentum encoder's projections, each one's own view left out", () => {
    lookAt({}, ({ queries, candidates }) => {
      const { first, second } = queries;
      expect(candidates.shape).toEqual([2 * BATCH, 8]);
      assertClose(tf.norm(candidates, 2, 1), new Array<number>(8).fill(1), 1e-6);
      expect(Array.from(numbersOf(first!.sameView!))).toEqual([0, 1, 2, 3]);
      expect(Array.from(numbersOf(first!.positives))).toEqual([4, 5, 6, 7]);
      expect(Array.from(numbersOf(second!.sameView!))).toEqual([4, 5, 6, 7]);
      expect(Array.from(numbersOf(second!.positives))).toEqual([0, 1, 2, 3]);
      // What each query regresses onto is its positive: 2 - 2 cos.
      for (const { embedding, positives, lossOf } of [first!, second!]) {
        const rows = tf.gather(candidates, positives);
        const cosine = numbersOf(tf.mean(tf.sum(tf.mul(embedding, rows), 1)))[0]!;
        assertClose(lossOf(embedding), [2 - 2 * cosine], 1e-5);
      }
    });
  });

  it("contrasts its own queries to the method's loss: the sum of both orders", () => {
    const { scalars } = lookAt({}, () => undefined);
    const [first, second] = ["looking/first", "looking/second"].map((name) => numbersOf(scalars[name]!)[0]!);
    assertClose(scalars["byol/regression"]!, [first! + second!], 1e-6);
  });

  it("has the queue's rows too, from before this step, and fills it with both views' projections", () => {
    let seen: readonly number[] = [];
    const fresh = runOf({ queueSize: 12 });
    const { run } = lookAt({ queueSize: 12 }, ({ candidates }) => (seen = Array.from(numbersOf(candidates))));
    expect(seen.slice(2 * BATCH * 8)).toEqual(Array.from(state(fresh, "projections.rows")));
    const rows = Array.from(state(run, "projections.rows"));
    assertClose(rows.slice(0, 2 * BATCH * 8), seen.slice(0, 2 * BATCH * 8), 0);
    expect(Array.from(state(run, "projections.cursor"))).toEqual([8]);
  });
});
