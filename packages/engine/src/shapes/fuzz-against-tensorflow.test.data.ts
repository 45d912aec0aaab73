import { constantAttributes } from "../compile/constant-attributes.ts";
import type { NodeMessage } from "../compile/graph-messages.ts";
import { drawFrom, fuzzCall, type FuzzCall, type FuzzInput, typeNumber } from "./fuzz.test.data.ts";
import { type InferredValue, shapeInference } from "./shape-inference.ts";
import { tensorflowInference } from "../testing/tensorflow-inference.ts";

/**
 * Ops whose rules refuse more than TensorFlow's inference does, because its kernels refuse it when the step
 * runs: what they compute has no meaning. For the gradients of windows, the result that the forward op would
 * have is compared with the one that is given.
 */
const STRICTER: Readonly<Record<string, RegExp>> = {
  Reshape:
    /-1 cannot be computed where the tensor has no elements|Only one length of the new shape may be -1/,
  Transpose: /perm has the dimension \d twice/,
  BroadcastTo: /Dimensions must be equal, but are 0 and/,
  OneHot: /Shape must be rank 0 but is rank 1|axis must be >= -1/,
  GatherV2: /Dimension \d in both shapes must be equal|batch_dims/,
  ScatterNd: /Inner dimensions of updates/,
  MatrixBandPart: /Shape must be at least rank 2/,
  Slice: /reaches beyond the end|Negative dimension size/,
  PadV2: /Shape must be rank 0 but is rank 1/,
  MirrorPadGrad: /is no longer than its paddings/,
  Dilation2D: /Negative dimension size/,
};
const STRICTER_KINDS: readonly (readonly [RegExp, RegExp])[] = [
  [/Backprop|Pool(3D)?Grad$/, /.*/],
  [/^TensorScatter/, /Dimensions \[0,|Inner dimensions of updates|empty output/],
];

/** Results of one call by both; a refusal is its message. */
interface Compared {
  readonly call: FuzzCall;
  readonly wanted: readonly InferredValue[] | string;
  readonly found: readonly InferredValue[] | string;
}

/** Random calls of an op on which our rule and TensorFlow differ, in words. The engine must be started. */
export function differences(op: string, calls: number, seed: number): readonly string[] {
  const draw = drawFrom(seed * 7919 + Buffer.from(op).reduce((sum, byte) => (31 * sum + byte) % 1e6, 0));
  const tensorflow = tensorflowInference();
  try {
    return Array.from({ length: calls }, (_, i) => compare(fuzzCall(op, draw), i, tensorflow.add))
      .filter((each) => !agree(each))
      .map(inWords);
  } finally {
    tensorflow.close();
  }
}

type Add = (node: NodeMessage) => readonly InferredValue[];

function compare(call: FuzzCall, i: number, tensorflow: Add): Compared {
  const inputs = call.inputs.map((input, place) => inputNode(`x${i}_${place}`, input));
  const node: NodeMessage = {
    name: `y${i}`,
    op: call.op,
    input: inputs.map(({ name }) => name),
    attr: call.attr,
  };
  const judge = (add: Add): readonly InferredValue[] | string => {
    try {
      for (const each of inputs) add(each);
      return add(node);
    } catch (error) {
      return (error as Error).message;
    }
  };
  return { call, wanted: judge(tensorflow), found: judge(shapeInference().add) };
}

function agree({ call: { op }, wanted, found }: Compared): boolean {
  if (typeof wanted === "string") return typeof found === "string";
  if (typeof found === "string") {
    return (
      STRICTER[op]?.test(found) === true ||
      STRICTER_KINDS.some(([ops, sentences]) => ops.test(op) && sentences.test(found))
    );
  }
  return (
    wanted.length === found.length &&
    wanted.every(({ dtype, shape }, i) => {
      // TensorFlow leaves open what batch norm keeps for its gradient.
      const isOpen = op === "FusedBatchNormV3" && i === 5;
      return (
        dtype === found[i]!.dtype && (isOpen || JSON.stringify(shape) === JSON.stringify(found[i]!.shape))
      );
    })
  );
}

function inWords({ call: { op, inputs, attr }, wanted, found }: Compared): string {
  const given = inputs.map(
    ({ shape, numbers }) => `[${shape.join()}]${numbers === undefined ? "" : ` = ${numbers.join()}`}`,
  );
  const judged = `${JSON.stringify(wanted)}, not ${JSON.stringify(found)}`;
  return `${op}(${given.join(", ")}) ${JSON.stringify(attr)}: ${judged}`;
}

function inputNode(name: string, { dtype, shape, numbers }: FuzzInput): NodeMessage {
  const type = typeNumber(dtype);
  if (numbers !== undefined) {
    return { name, op: "Const", input: [], attr: constantAttributes(type, shape, contentOf(dtype, numbers)) };
  }
  return {
    name,
    op: "Placeholder",
    input: [],
    attr: { dtype: { type }, shape: { shape: { dim: shape.map((size) => ({ size })) } } },
  };
}

function contentOf(dtype: string, numbers: readonly number[]): Uint8Array {
  switch (dtype) {
    case "float32":
      return new Uint8Array(Float32Array.from(numbers).buffer);
    case "int64":
      return new Uint8Array(BigInt64Array.from(numbers.map(BigInt)).buffer);
    default:
      return new Uint8Array(Int32Array.from(numbers).buffer);
  }
}
