import { ELEMENT_BYTES } from "../compile/data-types.ts";
import { broadcast, merged, rankedAtLeast } from "./dimensions.ts";
import { ops, type OpTable, type ShapeRule } from "./op-call.ts";

const asFirst: ShapeRule = ({ shapes }) => [shapes[0]!];

/** All inputs have one shape, and so has the result. */
const alike: ShapeRule = (call) => [call.shapes.reduce((a, b) => merged(call, a, b))];

const broadcastPair: ShapeRule = (call) => [broadcast(call, call.shapes[0]!, call.shapes[1]!)];

const rowsAlike: ShapeRule = (call) => [rankedAtLeast(call, 0, 1)];

/** Only where shapes differ may `incompatible_shape_error` matter; the result is then one boolean. */
const equality: ShapeRule = (call) => {
  const [a, b] = call.shapes as [readonly number[], readonly number[]];
  if (call.bool("incompatible_shape_error")) return [broadcast(call, a, b)];
  try {
    return [broadcast(call, a, b)];
  } catch {
    return ["open"];
  }
};

/** The condition is a scalar, a vector of one boolean for each row, or of the shape of both others. */
const select: ShapeRule = (call) => {
  const [condition, then, otherwise] = call.shapes;
  const result = merged(call, then!, otherwise!);
  if (condition!.length === 0) return [result];
  if (condition!.length === 1 && result.length > 0) merged(call, condition!, result.slice(0, 1));
  else merged(call, condition!, result);
  return [result];
};

const selectBroadcast: ShapeRule = (call) => {
  const [condition, then, otherwise] = call.shapes;
  return [broadcast(call, condition!, broadcast(call, then!, otherwise!))];
};

/** An axis of the parts of each element comes or goes where the sizes of the types differ. */
const bitcast: ShapeRule = (call) => {
  const shape = call.shapes[0]!;
  const [from, to] = ["T", "type"].map((name) => ELEMENT_BYTES[call.type(name)]!) as [number, number];
  if (from === to) return [shape];
  if (from > to) return [[...shape, from / to]];
  const ratio = to / from;
  if (shape.at(-1) !== ratio) {
    throw call.misfit(
      shape.length === 0
        ? "Cannot bitcast due to shape. Shape must be at least rank 1 but is rank 0"
        : `Cannot bitcast due to shape. ${shape.at(-1)} does not match ${ratio}`,
    );
  }
  return [shape.slice(0, -1)];
};

/** Ops that compute each element on its own, or from those at the same place of other inputs. */
export const ELEMENTWISE: OpTable = {
  ...ops(
    "Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Digamma Elu Erf Erfc Erfinv Exp Expm1 Floor Lgamma Log " +
      "Log1p Ndtri Rint Rsqrt Selu Sigmoid Sin Sinh Softplus Softsign Sqrt Tan Tanh",
    "T:float -> T",
    asFirst,
  ),
  ...ops("Abs Neg Reciprocal Inv Round Sign", "T:signed -> T", asFirst),
  ...ops("Relu Relu6 Square", "T:number -> T", asFirst),
  ...ops("LeakyRelu", "T:float -> T; alpha:float=0.2", asFirst),
  ...ops("Identity StopGradient Snapshot ZerosLike", "T -> T", asFirst),
  ...ops("OnesLike", "T:value -> T", asFirst),
  ...ops("PreventGradient", "T -> T; message:text=", asFirst),
  ...ops("CheckNumerics", "T:float -> T; message:text", asFirst),
  ...ops("LogicalNot", "bool -> bool", asFirst),
  ...ops("Invert", "T:integer -> T", asFirst),
  ...ops("IsFinite IsInf IsNan", "T:float -> bool", asFirst),
  ...ops("Cast", "SrcT -> DstT; Truncate:bool=false", asFirst),
  ...ops("Bitcast", "T:number -> type:number", bitcast),
  ...ops("Softmax LogSoftmax", "T:float -> T", rowsAlike),

  ...ops("ReluGrad Relu6Grad", "T:number, T -> T", alike),
  ...ops("EluGrad SeluGrad SoftplusGrad SoftsignGrad", "T:float, T -> T", alike),
  ...ops("LeakyReluGrad", "T:float, T -> T; alpha:float=0.2", alike),
  ...ops("SigmoidGrad TanhGrad RsqrtGrad SqrtGrad ReciprocalGrad InvGrad", "T:float, T -> T", asFirst),
  ...ops("ApproximateEqual", "T:number, T -> bool; tolerance:float=0.00001", alike),
  ...ops("AddN", "N*T:number -> T", alike),

  ...ops(
    "Add AddV2 Sub Mul Div RealDiv FloorDiv FloorMod TruncateDiv Maximum Minimum",
    "T:number, T -> T",
    broadcastPair,
  ),
  ...ops("Mod TruncateMod Pow SquaredDifference", "T:signed, T -> T", broadcastPair),
  ...ops("MulNoNan DivNoNan Atan2 Xdivy Xlogy Xlog1py Igamma Igammac", "T:float, T -> T", broadcastPair),
  ...ops("Zeta Polygamma", "T:float32, T -> T", broadcastPair),
  ...ops("BitwiseAnd BitwiseOr BitwiseXor LeftShift RightShift", "T:integer, T -> T", broadcastPair),
  ...ops("LogicalAnd LogicalOr", "bool, bool -> bool", broadcastPair),
  ...ops("Greater GreaterEqual Less LessEqual", "T:number, T -> bool", broadcastPair),
  ...ops("Equal NotEqual", "T, T -> bool; incompatible_shape_error:bool=true", equality),
  ...ops("Select", "bool, T, T -> T", select),
  ...ops("SelectV2", "bool, T, T -> T", selectBroadcast),
  ...ops("ClipByValue", "T:number, T, T -> T", asFirst),
};
