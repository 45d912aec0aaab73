import * as tf from "@tensorflow/tfjs";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { batchNormTraining, relu } from "../ops/index.ts";
import { startEngine } from "../start.ts";
import { fill } from "../testing/index.ts";
import { computeFirst } from "./compute-first.ts";
import { GROUPS, withJoinedBatchNorms } from "./joined-batch-norms.ts";
import { type Recording, recordStep } from "./record.ts";

beforeAll(() => startEngine({ device: "cpu" }));
beforeEach(() => tf.disposeVariables());

const [ROWS, CHANNELS] = [8, 3];
const OPTIONS = { momentum: 0.1, epsilon: 1e-5 };

type Parts = readonly ReturnType<typeof batchNormTraining<tf.Tensor4D>>[];

interface Layer {
  readonly state: Readonly<Record<"gamma" | "beta" | "mean" | "variance", tf.Variable>>;
  /** The batch norm of each group of rows. */
  parts(x: tf.Tensor4D, groups: number): Parts;
  /** The rows of all groups; the running statistics become the mean of the groups'. */
  norm(x: tf.Tensor4D, groups: number): tf.Tensor4D;
}

function layer(name: string): Layer {
  const vector = (of: string, value: number) =>
    tf.variable(tf.fill([CHANNELS], value), true, `${name}.${of}`);
  const state = {
    ...{ gamma: vector("gamma", 1), beta: vector("beta", 0) },
    ...{ mean: vector("mean", 0), variance: vector("variance", 1) },
  };
  const vectors = state as unknown as Record<keyof typeof state, tf.Tensor1D>;
  const parts = (x: tf.Tensor4D, groups: number): Parts =>
    (groups === 1 ? [x] : tf.split<tf.Tensor4D>(x, groups))
      .map((part) => batchNormTraining(part, vectors, OPTIONS)); // prettier-ignore
  const average = (vectors: readonly tf.Tensor1D[]) => tf.mean(tf.stack([...vectors]), 0);
  return {
    state,
    parts,
    norm(x, groups) {
      const results = parts(x, groups);
      state.mean.assign(average(results.map(({ mean }) => mean)));
      state.variance.assign(average(results.map(({ variance }) => variance)));
      return tf.concat(results.map(({ y }) => y));
    },
  };
}

const inputs = { x: { values: fill("x", ROWS * 4 * CHANNELS, 1), shape: [ROWS, 2, 2, CHANNELS] } };

/** A recording of a step on images, before and after. */
function joined(
  step: (x: tf.Tensor4D) => Record<string, tf.Tensor>,
  variables: readonly Readonly<Record<string, tf.Variable>>[],
) {
  const all = variables.flatMap((each) => Object.values(each));
  const state = Object.fromEntries(all.map((variable) => [variable.name, variable]));
  const recording = recordStep(({ x }) => step(x as tf.Tensor4D), inputs, state);
  return { before: recording, after: withJoinedBatchNorms(recording) };
}

/** Trains a filter and two layers behind it, on images and again on others. */
function trained(groups: number) {
  const [first, second] = [layer("first"), layer("second")];
  const filter = tf.variable(tf.ones([CHANNELS]), true, "filter");
  const weights = [filter, ...[first, second].flatMap(({ state }) => [state.gamma, state.beta])];
  return joined(
    (x) => {
      const branch = (images: tf.Tensor4D) => {
        const filtered = tf.mul<tf.Tensor4D>(images, filter);
        return second.norm(tf.add<tf.Tensor4D>(relu(first.norm(filtered, groups)), filtered), groups);
      };
      const loss = () => tf.mean<tf.Scalar>(tf.square(tf.sub(branch(x), branch(tf.mul(x, 2)))));
      const { value, grads } = tf.variableGrads(loss, weights);
      for (const weight of weights) weight.assign(tf.sub(weight, grads[weight.name]!));
      return { loss: value };
    },
    [first.state, second.state, { filter }],
  );
}

const count = ({ nodes }: Recording, op: string): number => nodes.filter((node) => node.op === op).length;

/** Every edge has a node that comes before its reader. */
function expectOrder({ nodes, inputs: given, outputs, assigned }: Recording, states: number) {
  const known = new Set([...given.keys()].map((i) => `in${i}`));
  for (let i = 0; i < states; i++) known.add(`state${i}`);
  const nodeOf = (edge: string) => edge.replace("^", "").split(":")[0]!;
  for (const { name, input } of nodes) {
    for (const edge of input) expect(known, `${name} reads ${edge}`).toContain(nodeOf(edge));
    known.add(name);
  }
  for (const edge of [...outputs.map((output) => output.edge), ...assigned.values()]) {
    expect(known).toContain(nodeOf(edge));
  }
}

describe("batch norms of groups of rows, joined", () => {
  it.each([2, 4])("a step with %i groups has as many of their ops as one without groups", (groups) => {
    const { before, after } = trained(groups);
    expect(count(before, "FusedBatchNormV3")).toBe(4 * groups);
    expect(count(after, "FusedBatchNormV3")).toBe(4);
    expect(count(after, "FusedBatchNormGradV3")).toBe(4);
    for (const op of ["SplitV", "ConcatV2", "Pack"]) expect(count(after, op), op).toBe(0);
    tf.disposeVariables();
    const plain = trained(1).after;
    const sums = (recording: Recording) => count(recording, "Add") + count(recording, "AddV2");
    expect(sums(after)).toBe(sums(plain));
    expectOrder(after, 9);
    const norms = after.nodes.filter(({ op }) => op === "FusedBatchNormV3");
    expect(norms.map(({ attr }) => attr[GROUPS])).toEqual(Array(4).fill({ i: groups }));
    expect(after.produced.get(norms[0]!.name)!.map(({ shape }) => shape)).toEqual([
      [ROWS, 2, 2, CHANNELS],
      ...[1, 2, 3, 4].map(() => [groups, CHANNELS]),
      [0],
    ]);
  });

  it("joins those of a network that does not learn", () => {
    const momentum = layer("momentum");
    const { after } = joined((x) => ({ y: momentum.norm(x, 4) }), [momentum.state]);
    expect(after.nodes.map(({ op }) => op).filter((op) => !/Const|Cast/.test(op))).toEqual([
      "FusedBatchNormV3",
      "Mean",
      "Mean",
    ]);
    expectOrder(after, 4);
  });

  it("waits for what the split waited for", () => {
    const late = layer("late");
    const { before, after } = joined(
      (x) => {
        const early = tf.sum(x);
        computeFirst([early]);
        return { early, y: late.norm(x, 2) };
      },
      [late.state],
    );
    const waiting = ({ nodes }: Recording, op: string) => nodes.find((node) => node.op === op)!.input.at(-1);
    expect(waiting(before, "SplitV")).toMatch(/^\^computed_/);
    expect(waiting(after, "FusedBatchNormV3")).toBe(waiting(before, "SplitV"));
  });

  it("stays as it is where another op reads the rows or the statistics of one group", () => {
    const read = layer("read");
    const stepsThatRead: readonly ((x: tf.Tensor4D) => Record<string, tf.Tensor>)[] = [
      (x) => {
        const results = read.parts(x, 2);
        return { y: tf.concat(results.map(({ y }) => y)), first: tf.sum(results[0]!.y) };
      },
      (x) => {
        const results = read.parts(x, 2);
        return { y: tf.concat(results.map(({ y }) => y)), mean: tf.sum(results[1]!.mean) };
      },
      // The groups change places.
      (x) => ({ y: tf.concat(read.parts(x, 2).map(({ y }) => y).toReversed()) }), // prettier-ignore
    ];
    for (const step of stepsThatRead) {
      const { before, after } = joined(step, [read.state]);
      expect(after).toBe(before);
    }
  });
});
