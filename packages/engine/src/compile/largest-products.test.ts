import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { assertClose, compiledModes, fill } from "../testing/index.ts";
import type { HostTensors, Step } from "./compiled-step.ts";
import { computeFirst } from "./compute-first.ts";
import { withLargestProducts } from "./largest-products.ts";
import type { EngineMode } from "./mode.ts";
import { createProgram } from "./program.ts";
import { recordStep } from "./record.ts";

beforeAll(() => startEngine({ device: "cpu" }));
const modes = ["eager", ...(await compiledModes())] as const;

type Inputs = Readonly<Record<"a" | "b" | "places", tf.Tensor>>;

const topTwo = (products: tf.Tensor) => {
  const { values, indices } = tf.topk(products, 2);
  return { values, indices };
};
const productOf = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, false, true);

const ofAllRows: Step = (given) => {
  const { a, b } = given as Inputs;
  return topTwo(productOf(a, b));
};
const ofSomeRows: Step = (given) => {
  const { a, b, places } = given as Inputs;
  return topTwo(productOf(tf.gather(a, places), b));
};

interface Example {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Whole numbers, of which float32 has every product, and many are equal. */
  readonly whole: boolean;
}

const examples: readonly Example[] = [
  { rows: 1, columns: 2, depth: 1, whole: false },
  { rows: 60, columns: 33, depth: 3, whole: true },
  { rows: 131, columns: 300, depth: 20, whole: true },
  { rows: 50, columns: 129, depth: 300, whole: false },
];

function inputsOf({ rows, columns, depth, whole }: Example) {
  const numbers = (name: string, count: number) => {
    const values = fill(name, count * depth, whole ? 2 : 1);
    return { values: whole ? values.map(Math.round) : values, shape: [count, depth] };
  };
  const places = Int32Array.from({ length: 2 * rows + 1 }, (_, i) => (i * 7) % rows);
  return {
    a: numbers("a", rows),
    b: numbers("b", columns),
    places: { values: places, shape: [places.length] },
  };
}

/** In loops and float64. */
function byDefinition({ columns, depth, ...example }: Example, places?: Int32Array) {
  const { a, b } = inputsOf({ columns, depth, ...example });
  const rows = places ?? Int32Array.from({ length: example.rows }, (_, i) => i);
  const found = Array.from(rows, (row) => {
    const products = Array.from({ length: columns }, (_, column) => {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += a.values[row * depth + k]! * b.values[column * depth + k]!;
      return sum;
    });
    const order = [...products.keys()].sort((i, j) => products[j]! - products[i]! || i - j).slice(0, 2);
    return { values: order.map((column) => products[column]!), indices: order };
  });
  return { values: found.flatMap(({ values }) => values), indices: found.flatMap(({ indices }) => indices) };
}

async function compute(step: Step, inputs: HostTensors, mode: EngineMode) {
  const onNotice = (notice: { kind: string }) => {
    if (notice.kind === "fallback") throw new Error("XLA does not compile it");
  };
  const program = createProgram({ state: {}, mode, onNotice });
  const { values, indices } = await program.compile("the two largest", step).run(inputs);
  await program.dispose();
  return { values: [...values!.values], indices: [...indices!.values] };
}

describe.each(examples)(
  "the two largest products of $rows rows with $columns, of $depth numbers",
  (example) => {
    it.each(modes)("are the definition's in mode %s", async (mode) => {
      const { a, b, places } = inputsOf(example);
      const all = await compute(ofAllRows, { a, b }, mode);
      const some = await compute(ofSomeRows, { a, b, places }, mode);
      for (const [found, want] of [
        [all, byDefinition(example)],
        [some, byDefinition(example, places.values)],
      ] as const) {
        expect(found.indices).toEqual(want.indices);
        if (example.whole) expect(found.values).toEqual(want.values);
        else assertClose(found.values, want.values, 1e-5);
      }
    });
  },
);

describe("the op for the two largest products", () => {
  const inputs = inputsOf(examples[1]!);
  const nodesOf = (step: Step, given: HostTensors = inputs) =>
    withLargestProducts(recordStep(step, given, {})).nodes.filter(({ op }) => op !== "Const");
  const opsOf = (step: Step, given?: HostTensors) => nodesOf(step, given).map(({ op }) => op);

  it("takes the place of product and choice, and of the gather before them", () => {
    expect(nodesOf(ofAllRows).map(({ op, input }) => [op, ...input])).toEqual([
      ["TsslLargestProducts", "in0", "in1"],
    ]);
    expect(nodesOf(ofSomeRows).map(({ op, input }) => [op, ...input])).toEqual([
      ["TsslLargestProducts", "in0", "in1", "in2"],
    ]);
  });

  it("leaves a gather that something else reads, and one of columns", () => {
    const twice: Step = (given) => {
      const { a, b, places } = given as Inputs;
      const rows = tf.gather(a, places);
      return { ...topTwo(productOf(rows, b)), rows };
    };
    expect(opsOf(twice)).toEqual(["GatherV2", "TsslLargestProducts"]);
    const columns: Step = (given) => {
      const { a, b } = given as Inputs;
      const turned = tf.gather(a, [2, 0, 1], 1);
      return topTwo(productOf(turned, b));
    };
    expect(opsOf(columns)).toEqual(["GatherV2", "TsslLargestProducts"]);
  });

  it("waits for what product and gather wait for", () => {
    const later: Step = (given) => {
      const { a, b, places } = given as Inputs;
      const first = tf.neg(b);
      computeFirst([first]);
      return { ...topTwo(productOf(tf.gather(a, places), b)), first };
    };
    const [, computed, op] = nodesOf(later);
    expect(computed!.op).toBe("NoOp");
    expect(op!.input).toEqual(["in0", "in1", "in2", `^${computed!.name}`]);
  });

  it.each<readonly [string, (a: tf.Tensor, b: tf.Tensor) => Readonly<Record<string, tf.Tensor>>]>([
    ["one or three of the largest", (a, b) => ({ y: tf.topk(productOf(a, b), 3).values })],
    [
      "products that are read elsewhere",
      (a, b) => {
        const products = productOf(a, b);
        return { ...topTwo(products), products };
      },
    ],
    ["a second matrix that is not transposed", (a, b) => topTwo(tf.matMul(a, tf.transpose(b)))],
    ["a first matrix that is", (a, b) => topTwo(tf.matMul(tf.transpose(a), b, true, true))],
    ["a batch of matrices", (a, b) => topTwo(tf.matMul(tf.expandDims(a), tf.expandDims(b), false, true))],
    ["whole numbers", (a, b) => topTwo(tf.cast(productOf(a, b), "int32"))],
  ])("is not taken for %s", (_, compute) => {
    const ops = opsOf((given) => compute(given["a"]!, given["b"]!));
    expect(ops.filter((op) => op === "BatchMatMulV2" || op === "TopKV2")).toHaveLength(2);
    expect(ops).not.toContain("TsslLargestProducts");
  });

  it("is known here, where there are kernels for the processor", async () => {
    // NaN tells who computed: TensorFlow may take it for the largest.
    const given = {
      a: { values: Float32Array.of(1), shape: [1, 1] },
      b: { values: Float32Array.of(NaN, -1, NaN, NaN), shape: [4, 1] },
    };
    expect(await compute(ofAllRows, given, "graph")).toEqual({ values: [-1, -Infinity], indices: [1, 0] });
  });
});
