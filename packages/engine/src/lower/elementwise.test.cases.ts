import * as tf from "@tensorflow/tfjs";
import { attribute, rawOp } from "../ops/raw-op.ts";
import { floats, integers, random, SPECIAL } from "./host-tensors.test.data.ts";
import type { OpCase, OpCases } from "./op-cases.test.data.ts";

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const raw =
  (op: string, dtype: "float32" | "int32" = "float32") =>
  (...inputs: tf.Tensor[]): tf.Tensor =>
    rawOp(op, { T: attribute.type(dtype) }, inputs, 1)[0]!;

/** Ops that come to the same bits, */
const EXACT: Readonly<Record<string, Unary>> = {
  abs: tf.abs,
  ceil: tf.ceil,
  clipByValue: (x) => tf.clipByValue(x, -1, 2),
  floor: tf.floor,
  isFinite: tf.isFinite,
  isInf: tf.isInf,
  isNaN: tf.isNaN,
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  neg: tf.neg,
  onesLike: tf.onesLike,
  prelu: (x) => tf.prelu(x, tf.scalar(0.2)),
  relu: tf.relu,
  relu6: tf.relu6,
  rint: raw("Rint"),
  round: tf.round,
  sign: tf.sign,
  sqrt: tf.sqrt,
  square: tf.square,
  step: tf.step,
  zerosLike: tf.zerosLike,
};
/** and ops that are approximated. */
const APPROXIMATED: Readonly<Record<string, Unary>> = {
  acos: tf.acos,
  acosh: tf.acosh,
  asin: tf.asin,
  asinh: tf.asinh,
  atan: tf.atan,
  atanh: tf.atanh,
  cos: tf.cos,
  cosh: tf.cosh,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  log: tf.log,
  log1p: tf.log1p,
  logSigmoid: tf.logSigmoid,
  reciprocal: tf.reciprocal,
  rsqrt: tf.rsqrt,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sin: tf.sin,
  sinh: tf.sinh,
  softplus: tf.softplus,
  tan: tf.tan,
  tanh: tf.tanh,
};
const BINARY: Readonly<Record<string, Binary>> = {
  add: tf.add,
  divide: tf.div,
  divNoNan: tf.divNoNan,
  equal: tf.equal,
  floorDiv: tf.floorDiv,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  maximum: tf.maximum,
  minimum: tf.minimum,
  mod: tf.mod,
  multiply: tf.mul,
  notEqual: tf.notEqual,
  select: (a, b) => tf.where(tf.greater(a, b), a, b),
  squaredDifference: tf.squaredDifference,
  subtract: tf.sub,
};
const INTEGER = ["AddV2", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "LeftShift", "Mul", "RightShift", "Sub"];

/** Every number with every other. */
const pairsOf = (values: readonly number[]): [number[], number[]] => [
  values.flatMap((a) => values.map(() => a)),
  values.flatMap(() => values),
];

export const elementwise: OpCases = {
  "ops of one tensor agree with TensorFlow's kernels, on special numbers and random ones"() {
    const x = floats([...SPECIAL, ...random([80], 4).values]);
    const of = (ops: Readonly<Record<string, Unary>>, within: number) =>
      Object.entries(ops).map(([name, compute]): OpCase => ({ name, inputs: [x], compute, within }));

    return [...of(EXACT, 0), ...of(APPROXIMATED, 2e-6)];
  },
  "ops of two tensors agree on all pairs of special numbers"() {
    const inputs = pairsOf(SPECIAL).map((each) => floats(each));
    const exact = Object.entries(BINARY).map(([name, compute]): OpCase => ({ name, inputs, compute }));
    const approximated: OpCase[] = [
      { name: "pow", inputs, compute: tf.pow, within: 2e-6 },
      { name: "atan2", inputs, compute: tf.atan2, within: 2e-6 },
      { name: "eluGrad", inputs, compute: raw("EluGrad"), within: 2e-6 },
      // A gradient that is not finite is 0 where the feature is not positive; TensorFlow makes it NaN there.
      {
        name: "reluGrad",
        inputs: [floats(Array.from(inputs[0]!.values, (v) => (Number.isFinite(v) ? v : 7))), inputs[1]!],
        compute: raw("ReluGrad"),
      },
    ];

    return [...exact, ...approximated];
  },
  "ops of integers agree, overflow and shifts by any number of bits included"() {
    const numbers = [0, 1, -1, 2, -3, 7, 31, 32, -100, 65_536, 2 ** 31 - 1, -(2 ** 31)];
    const inputs = pairsOf(numbers).map((each) => integers(each));
    const divisors = integers(
      Array.from(inputs[1]!.values, (value) => ([0, -1].includes(value) ? 5 : value)),
    );
    const flags = [integers(numbers), integers(numbers.toReversed())];

    return [
      ...INTEGER.map((op): OpCase => ({ name: op, inputs, compute: raw(op, "int32") })),
      { name: "invert", inputs: [inputs[0]!], compute: raw("Invert", "int32") },
      { name: "maximum", inputs, compute: tf.maximum },
      { name: "minimum", inputs, compute: tf.minimum },
      { name: "less", inputs, compute: tf.less },
      { name: "mod", inputs: [inputs[0]!, divisors], compute: tf.mod },
      { name: "floorDiv", inputs: [inputs[0]!, divisors], compute: tf.floorDiv },
      {
        name: "logical",
        inputs: flags,
        compute: (a: tf.Tensor, b: tf.Tensor) => {
          const [p, q] = [tf.cast(a, "bool"), tf.greater(b, 0)];
          return [tf.logicalAnd(p, q), tf.logicalOr(p, q), tf.logicalNot(p), tf.logicalXor(p, q)];
        },
      },
    ];
  },
  "casts agree: to integers towards zero, to booleans by being zero"() {
    const x = floats([0, -0, 0.5, -0.9, 1.5, -2.5, 300.7, -1e9, 2e9]);
    const compute = (a: tf.Tensor) => [
      tf.cast(a, "int32"),
      tf.cast(a, "bool"),
      tf.cast(tf.cast(a, "bool"), "float32"),
      tf.cast(tf.cast(a, "int32"), "float32"),
    ];
    const bytes = { values: Uint8Array.of(0, 1, 200, 255), shape: [4] };

    return [
      { name: "casts", inputs: [x], compute },
      { name: "bytes", inputs: [bytes], compute: (a: tf.Tensor) => tf.mul(a, 2) },
    ];
  },
  "tensors of all ranks and sizes are broadcast as TensorFlow does"() {
    const shapes: [number[], number[]][] = [
      [[], []],
      [[], [3]],
      [[4], [1]],
      [[2, 1], [3]],
      [[0], [1]],
      [
        [5, 0],
        [1, 1],
      ],
      [
        [2, 1, 4],
        [3, 1],
      ],
      [
        [1, 2, 1, 5],
        [3, 1, 4, 1],
      ],
    ];
    const cases = shapes.flatMap(([a, b]): OpCase[] =>
      [tf.add, tf.greater, tf.maximum].map((compute) => ({
        name: `[${a.join()}] with [${b.join()}]`,
        inputs: [random(a), random(b)],
        compute,
      })),
    );
    const addN = {
      name: "addN",
      inputs: [random([2, 3]), random([2, 3]), random([2, 3])],
      compute: (...all: tf.Tensor[]) => tf.addN(all),
      within: 1e-7,
      sums: true,
    };

    return [...cases, addN];
  },
};
