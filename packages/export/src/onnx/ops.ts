import { DATA_TYPE, type NodeMessage } from "@tssl/engine";

import { notExportable, opFormUnknown } from "../messages.ts";
import {
  biasAdd,
  binary,
  leakyRelu,
  relu6,
  rsqrt,
  square,
  squaredDifference,
  unary,
} from "./elementwise-ops.ts";
import { conv2d, fusedBatchNorm, pool } from "./image-ops.ts";
import { ONNX_TYPE } from "./messages-of-onnx.ts";
import { concat, matMul, pad, reduction, reshape, slice, softmax, transpose } from "./tensor-ops.ts";
import type { Translation, Value } from "./translation.ts";

/** Writes an op of TensorFlow with ops of ONNX. */
export type Translate = (node: NodeMessage, translation: Translation) => Value;

/** Bytes become floats; other casts are between types that ONNX has as well. */
const cast: Translate = (node, translation) => {
  const to = node.attr["DstT"]?.type;
  if (to !== DATA_TYPE.float32) throw notExportable("onnx", opFormUnknown(node.op, `type ${to}`));
  return unary("Cast", { to: ONNX_TYPE.float32 })(node, translation);
};

const identity: Translate = (node, { value }) => value(node.input[0]!);

/** The ops that an encoder may use, by TensorFlow's name. `Const` and `Fill` are read where they are used. */
export const translations: Readonly<Record<string, Translate>> = {
  Cast: cast,
  Identity: identity,
  Conv2D: conv2d,
  DepthwiseConv2dNative: conv2d,
  FusedBatchNormV3: fusedBatchNorm,
  MaxPool: pool("MaxPool"),
  AvgPool: pool("AveragePool"),
  BiasAdd: biasAdd,
  AddV2: binary("Add"),
  Add: binary("Add"),
  Sub: binary("Sub"),
  Mul: binary("Mul"),
  RealDiv: binary("Div"),
  Div: binary("Div"),
  Maximum: binary("Max"),
  Minimum: binary("Min"),
  Pow: binary("Pow"),
  SquaredDifference: squaredDifference,
  Relu: unary("Relu"),
  Relu6: relu6,
  LeakyRelu: leakyRelu,
  Elu: unary("Elu"),
  Selu: unary("Selu"),
  Sigmoid: unary("Sigmoid"),
  Tanh: unary("Tanh"),
  Softplus: unary("Softplus"),
  Erf: unary("Erf"),
  Exp: unary("Exp"),
  Log: unary("Log"),
  Sqrt: unary("Sqrt"),
  Rsqrt: rsqrt,
  Square: square,
  Neg: unary("Neg"),
  Abs: unary("Abs"),
  Softmax: softmax,
  Mean: reduction("ReduceMean"),
  Max: reduction("ReduceMax"),
  Sum: reduction("ReduceSum"),
  Reshape: reshape,
  Transpose: transpose,
  MatMul: matMul,
  BatchMatMulV2: matMul,
  ConcatV2: concat,
  Slice: slice,
  Pad: pad,
  PadV2: pad,
};
