import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { l2Normalize } from "../losses/l2-normalize.ts";
import { sgd } from "../optimizers/sgd.ts";
import { embeddingSpace } from "../plugins/embedding-space.ts";
import { published } from "../plugins/publication.ts";
import { assertClose, fill, modes, numbersOf, smallConvNet, stepPart, testRun } from "../testing/index.ts";
import { pullToZero } from "../testing/pull-to-zero.ts";
import { readScalars } from "../testing/read-scalars.ts";
import { hostInputs } from "./batches.ts";
import { compileRun } from "./compile-run.ts";
import { probeHealth } from "./health-probe.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { StepMachine, StepPart } from "./step-machine.ts";

const SIZE = 8;
const COUNT = 4;

/**
 * Terms with 1/4 and 3 times the same gradient, and one with none; with batch norm, and an embedding space of
 * the images with themselves.
 */
const method = pullToZero("toy", ({ network }) => ({
  step({ views }) {
    const embedding = l2Normalize(network.embed(views["image"]!));
    const loss = tf.mean<tf.Scalar>(tf.square(tf.sub(embedding, 1)));
    const query = { embedding, positives: tf.range(0, COUNT, 1, "int32"), lossOf: () => tf.scalar(0) };
    const space = {
      kind: "instances" as const,
      queries: { image: query },
      embedQuery: network.embed,
      candidates: embedding,
    };
    return {
      terms: {
        quarter: { loss, weight: 0.25 },
        triple: { loss: tf.mul(loss, 3) },
        none: { loss: tf.scalar(5) },
      },
      publish: [published(embeddingSpace, space)],
    };
  },
}));

const createRun = () =>
  testRun({
    plugins: [{ use: { ...method, publishes: [embeddingSpace] } }],
    encoder: { use: smallConvNet },
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: COUNT,
    imageSize: SIZE,
  });

const pixels = Uint8Array.from(fill("pixels", COUNT * SIZE * SIZE * 3, 100), (x) => 128 + x);
const shape: [number, number, number, number] = [COUNT, SIZE, SIZE, 3];
const part = (run: PreparedRun) => stepPart(run, { image: tf.tensor4d(Float32Array.from(pixels), shape) });
const asTheyAre: StepMachine["prepare"] = (images) => images;
const probe = (run: PreparedRun, given: StepPart, prepare = asTheyAre) =>
  probeHealth({ ...run.machine(), prepare }, run.store, given);
const stateOf = (run: PreparedRun) =>
  run.store.entries().map(({ variable }) => Array.from(numbersOf(variable)));

beforeAll(() => startEngine({ device: "cpu" }));

describe("the health probe", () => {
  it("measures each weighted term's own gradient, and leaves the state alone", async () => {
    const run = createRun();
    const before = stateOf(run);
    const { positive, negative, ...norms } = probe(run, part(run));
    const lengths = await readScalars(norms as Record<string, tf.Scalar>);
    expect(stateOf(run)).toEqual(before);
    const { gradientNorm } = await readScalars(run.step([part(run)], tf.scalar(0.1)));
    expect(stateOf(run)).not.toEqual(before);
    expect(lengths["gradient/toy/quarter"]! / gradientNorm!).toBeCloseTo(0.25 / 3.25, 5);
    expect(lengths["gradient/toy/triple"]! / gradientNorm!).toBeCloseTo(3 / 3.25, 5);
    expect(lengths["gradient/toy/none"]).toBe(0);
    expect(tf.sum(positive!).dataSync()[0]).toBe(COUNT);
    expect(tf.sum(negative!).dataSync()[0]).toBe(COUNT * (COUNT - 1));
  });

  it("leaves nothing behind but its results", () => {
    const run = createRun();
    const given = part(run);
    tf.dispose(probe(run, given));
    const before = tf.memory().numTensors;
    tf.dispose(probe(run, given));
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(modes)("gives the same in mode %s, where it changes nothing either", async (mode) => {
    const run = createRun();
    const expected = probe(run, part(run), (images) => tf.div(images, 255));
    const compiled = compileRun(run, { mode, statistics: { mean: [0, 0, 0], deviation: [1, 1, 1] } });
    const host = {
      views: { image: { values: pixels, shape } },
      indices: { values: Int32Array.from({ length: COUNT }, (_, i) => i), shape: [COUNT] },
      inputs: hostInputs({ inputs: run.inputs, facts: run.facts, seed: 0 }, 0, 0),
    };
    const state = () => Array.from(compiled.state, ([, { values }]) => [...values]);
    const before = state();
    const { gradientNorms, cosines } = await compiled.loadProbe(host).run();
    expect(state()).toEqual(before);
    for (const [name, norm] of Object.entries(gradientNorms)) {
      assertClose([norm], expected[`gradient/${name}`]!.dataSync(), 1e-4, name);
    }
    expect(Object.keys(gradientNorms)).toEqual(["toy/quarter", "toy/triple", "toy/none"]);
    expect(cosines!.positive).toEqual([...expected["positive"]!.dataSync()]);
    expect(cosines!.negative).toEqual([...expected["negative"]!.dataSync()]);
    await compiled.dispose();
  });
});
