import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { imagenetStatistics } from "../networks/normalize-images.ts";
import { sgd } from "../optimizers/sgd.ts";
import type { Phase } from "../plugins/plugin.ts";
import { meanColour, numbersOf, refusal, testRun } from "../testing/index.ts";
import { pullToZero } from "../testing/pull-to-zero.ts";
import { blankParts } from "./blank-parts.ts";
import { compileRun } from "./compile-run.ts";

beforeAll(() => startEngine({ device: "cpu" }));

/** A method with a point that embeddings are drawn to, and a phase for each of two epochs. */
const drawnTo = (phases: readonly Phase[], seen: string[]) =>
  pullToZero("toy", ({ build, network }) => {
    const point = build.parameter("point", { shape: [1, 2], initial: { kind: "constant", value: 1 } });
    return {
      step({ views, phase }) {
        seen.push(phase);
        const loss = tf.mean<tf.Scalar>(tf.square(tf.sub(network.embed(views["image"]!), point)));
        return { terms: { size: { loss } } };
      },
      run: { phase: ({ epoch }) => phases[epoch]! },
    };
  });

const runOf = (phases: readonly Phase[], seen: string[] = []) =>
  testRun({
    plugins: [{ use: drawnTo(phases, seen) }],
    encoder: { use: meanColour },
    optimizer: { use: sgd, lr: 0.1, momentum: 0.9, weightDecay: 0.1 },
    batchSize: 4,
    datasetSize: 8,
    epochs: 2,
  });

/** Takes the run's four steps. @returns the point after each. */
async function pointsOf(phases: readonly Phase[], seen?: string[]): Promise<number[][]> {
  const run = runOf(phases, seen);
  const compiled = compileRun(run, { mode: "eager", statistics: imagenetStatistics });
  const points: number[][] = [];
  for (let step = 0; step < 4; step++) {
    await compiled.load(blankParts(run), 0.1, run.phaseAt(step)).run();
    points.push(Array.from(numbersOf(run.store.get("toy.point").variable)));
  }
  await compiled.dispose();
  run.dispose();
  return points;
}

describe("a phase", () => {
  const frozen = ["point"];

  it("is told to the step", async () => {
    const seen: string[] = [];
    await pointsOf([{ key: "first" }, { key: "then" }], seen);
    expect(seen).toEqual(["first", "first", "then", "then"]);
  });

  it("keeps what it freezes from gradient and weight decay", async () => {
    const [one, two, three] = await pointsOf([{ key: "first", frozen }, { key: "then" }]);
    expect([one, two]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(three).not.toEqual([1, 1]);
  });

  it("keeps what it freezes from the momentum that it had before", async () => {
    const [one, two, three, four] = await pointsOf([{ key: "first" }, { key: "then", frozen }]);
    expect(two).not.toEqual(one);
    expect([three, four]).toEqual([two, two]);
  });

  it("that freezes what there is not is refused", async () => {
    const run = runOf([{ key: "first", frozen: ["prototypes"] }]);
    expect(await refusal(() => run.machine())).toBe(
      'INVALID_PLUGIN: phase: the run has no trained parameter "toy.prototypes" to freeze. It has toy.network.encoder.fc.weight, toy.network.encoder.fc.bias, toy.network.head.0.weight, toy.network.head.0.bias, toy.point.',
    );
    run.dispose();
  });
});
