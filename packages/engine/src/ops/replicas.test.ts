import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { HostTensors, Step } from "../compile/compiled-step.ts";
import type { HostTensor } from "../compile/data-types.ts";
import { createProgram } from "../compile/program.ts";
import { startEngine } from "../start.ts";
import { compiledModes, fill, relativeError } from "../testing/index.ts";
import { batchNormTraining } from "./batch-norm.ts";
import { type StepReplicas, stepReplicas } from "./replicas.ts";

const MODES = await compiledModes();

/** One device with all rows. */
const alone: StepReplicas = {
  size: 1,
  gather: (rows) => rows,
  ownRows: (count) => tf.range(0, count, 1, "int32"),
  own: (rows) => rows,
  mean: (x) => x,
};
const isRows = (input: string): boolean => input === "x";

describe.skipIf(!MODES.includes("pjrt"))("replicas of a step", () => {
  beforeAll(() => startEngine({ device: "cpu", replicas: 4 }));
  beforeEach(() => tf.disposeVariables());

  /** Results, and the state that a step leaves, on so many replicas. */
  async function run(
    replicas: number,
    stepOf: (replicas: StepReplicas, state: Readonly<Record<string, tf.Variable>>) => Step,
    inputs: HostTensors,
    initial: Readonly<Record<string, tf.Tensor>> = {},
  ) {
    const state = Object.fromEntries(
      Object.entries(initial).map(([name, value]) => [name, tf.variable(value)]),
    );
    const program = createProgram({ mode: "pjrt", state, replicas });
    try {
      const step = stepOf(replicas === 1 ? alone : stepReplicas(replicas), state);
      const results = await program.compile("step", step, { shared: isRows }).run(inputs);
      return { ...results, ...Object.fromEntries(program.state) };
    } finally {
      await program.dispose();
    }
  }

  const matrix = (rows: number, columns: number, name: string): HostTensor => ({
    values: Float32Array.from(fill(name, rows * columns, 1)),
    shape: [rows, columns],
  });

  it.each([2, 4])("gather rows, know their own, and take means: %i of them", async (count) => {
    const x = { values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), shape: [8, 1] };
    const one = { values: Float32Array.of(10), shape: [1] };
    const results = await run(
      count,
      (replicas) =>
        ({ x, one }) => {
          const all = replicas.gather(x!);
          return {
            all,
            // Each adds its own rows: the mean over replicas is the mean of equal parts of the rows.
            mean: replicas.mean(replicas.own(tf.mul(all, one!))),
            numbers: replicas.gather(replicas.ownRows(2)),
          };
        },
      { x, one },
    );
    expect(Array.from(results["all"]!.values)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(results["mean"]!.shape).toEqual([8 / count, 1]);
    const means = count === 2 ? [30, 40, 50, 60] : [40, 50];
    expect(Array.from(results["mean"]!.values)).toEqual(means);
    expect(Array.from(results["numbers"]!.values)).toEqual([...Array(2 * count).keys()]);
  });

  it.each([2, 4])("have the gradient of one device with all rows: %i of them", async (count) => {
    // Each row against all rows, as a contrastive loss has them.
    const stepOf =
      (replicas: StepReplicas, { w }: Readonly<Record<string, tf.Variable>>): Step =>
      ({ x }) => {
        const { value, grads } = tf.variableGrads(() => {
          const rows = tf.matMul(x as tf.Tensor2D, w as unknown as tf.Tensor2D);
          const likeness = tf.logSoftmax(tf.matMul(rows, replicas.gather(rows), false, true));
          const own = tf.gather(tf.eye(8), replicas.ownRows(rows.shape[0]));
          const centred = tf.sub(rows, replicas.mean(tf.mean(rows, 0)));
          return tf.add(tf.neg(tf.mean(tf.sum(tf.mul(likeness, own), 1))), tf.mean(tf.square(centred)));
        });
        w!.assign(tf.sub(w!, replicas.mean(grads[w!.name]!)));
        return { loss: replicas.mean(value) };
      };
    const given = [{ x: matrix(8, 3, "rows") }, { w: tf.tensor2d(fill("weights", 12, 1), [3, 4]) }] as const;
    const [one, many] = [await run(1, stepOf, ...given), await run(count, stepOf, ...given)];
    for (const name of ["loss", "w"]) {
      expect(relativeError(many[name]!.values, one[name]!.values), name).toBeLessThan(2e-6);
    }
  });

  it.each([2, 4])("normalize by the rows of all of them: %i of them", async (count) => {
    const vectors = { gamma: [1, 2, 0.5], beta: [0, 1, -1], mean: [1, 0, 2], variance: [1, 2, 3] };
    const initial = Object.fromEntries(
      Object.entries(vectors).map(([name, values]) => [name, tf.tensor1d(values)]),
    );
    const stepOf =
      (replicas: StepReplicas, state: Readonly<Record<string, tf.Variable>>): Step =>
      ({ x, weights }) => {
        const { gamma, beta, mean, variance } = state as Record<string, tf.Variable & tf.Tensor1D>;
        const [dx, dGamma, dBeta] = tf.grads((image, gain, shift) => {
          const { y } = batchNormTraining(
            image as tf.Tensor2D,
            { gamma: gain as tf.Tensor1D, beta: shift as tf.Tensor1D, mean: mean!, variance: variance! },
            { momentum: 0.1, epsilon: 1e-5, overReplicas: replicas.size > 1 },
          );
          return tf.sum(tf.mul(tf.square(y), replicas.own(weights!)));
        })([x!, gamma!, beta!]);
        const result = batchNormTraining(
          x as tf.Tensor2D,
          { gamma: gamma!, beta: beta!, mean: mean!, variance: variance! },
          { momentum: 0.1, epsilon: 1e-5, overReplicas: replicas.size > 1 },
        );
        mean!.assign(result.mean);
        variance!.assign(result.variance);
        return {
          y: replicas.gather(result.y),
          dx: replicas.gather(dx!),
          dGamma: tf.mul(replicas.mean(dGamma!), replicas.size),
          dBeta: tf.mul(replicas.mean(dBeta!), replicas.size),
        };
      };
    const given = [{ x: matrix(8, 3, "images"), weights: matrix(8, 3, "of results") }, initial] as const;
    const [one, many] = [await run(1, stepOf, ...given), await run(count, stepOf, ...given)];
    for (const name of ["y", "dx", "dGamma", "dBeta", "mean", "variance"]) {
      expect(relativeError(many[name]!.values, one[name]!.values), name).toBeLessThan(2e-6);
    }
  });

  it("evaluate on the first of them, and keep the state the same on all", async () => {
    const v = tf.variable(tf.tensor1d([1, 2]));
    const program = createProgram({ mode: "pjrt", state: { v }, replicas: 4 });
    const [two, three] = [2, 3].map((value) => ({ values: Float32Array.of(value), shape: [1] }));
    const many = program.compile(
      "mean",
      ({ x }) => {
        v.assign(tf.add(v, stepReplicas(4).mean(tf.mean(x!))));
        return {};
      },
      { shared: isRows },
    );
    const one = program.compile("read", ({ by }) => ({ product: tf.mul(v, by!) }));
    await many.run({ x: { values: Float32Array.of(1, 2, 3, 6), shape: [4] } });
    expect((await one.run({ by: two! }))["product"]!.values).toEqual(Float32Array.of(8, 10));
    program.state.write("v", Float32Array.of(0, 1));
    await many.run({ x: { values: Float32Array.of(4, 4, 4, 4), shape: [4] } });
    expect((await one.run({ by: three! }))["product"]!.values).toEqual(Float32Array.of(12, 15));

    const alone = program.compile("alone", () => {
      v.assign(tf.mul(v, 2));
      return {};
    });
    await expect(alone.run({})).rejects.toMatchObject({ code: "INVALID_OPTION", data: { step: "alone" } });
    const uneven = { x: { values: new Float32Array(6), shape: [6] } };
    await expect(many.run(uneven)).rejects.toThrow(
      'The step "mean" shares the rows of its input "x" out over 4 replicas, and its shape [6] has no ' +
        "equal parts.",
    );
    await program.dispose();
  });

  it("are refused where there are not as many devices, and in TensorFlow's modes", () => {
    expect(() => createProgram({ mode: "pjrt", state: {}, replicas: 5 })).toThrow(
      "5 replicas need as many devices of one kind, and this process sees 4: cpu, cpu, cpu, cpu.",
    );
    expect(() => createProgram({ mode: "graph", state: {}, replicas: 2 })).toThrow(
      "2 replicas need as many processes, or the plugin of a device (mode pjrt): here one process computes " +
        "by TensorFlow, in mode graph.",
    );
  });
});
