import type { Direction, Emitter, Value } from "./emitter.ts";
import { isFloat } from "./literals.ts";
import type { Lowering, Lowerings } from "./lowering.ts";

/** Ops with one StableHLO op of the same meaning. */
const UNARY: Readonly<Record<string, string>> = {
  Abs: "abs",
  Acos: "chlo.acos",
  Acosh: "chlo.acosh",
  Asin: "chlo.asin",
  Asinh: "chlo.asinh",
  Atan: "chlo.atan",
  Atanh: "chlo.atanh",
  Ceil: "ceil",
  Cos: "cosine",
  Cosh: "chlo.cosh",
  Erf: "chlo.erf",
  Exp: "exponential",
  Expm1: "exponential_minus_one",
  Floor: "floor",
  Invert: "not",
  Log: "log",
  Log1p: "log_plus_one",
  LogicalNot: "not",
  Neg: "negate",
  Rint: "round_nearest_even",
  Rsqrt: "rsqrt",
  Sigmoid: "logistic",
  Sign: "sign",
  Sin: "sine",
  Sinh: "chlo.sinh",
  Sqrt: "sqrt",
  Tan: "tan",
  Tanh: "tanh",
};

const BINARY: Readonly<Record<string, string>> = {
  Add: "add",
  AddV2: "add",
  Atan2: "atan2",
  BiasAdd: "add",
  BitwiseAnd: "and",
  BitwiseOr: "or",
  BitwiseXor: "xor",
  Div: "divide",
  LogicalAnd: "and",
  LogicalOr: "or",
  Maximum: "maximum",
  Minimum: "minimum",
  Mul: "multiply",
  Pow: "power",
  RealDiv: "divide",
  Sub: "subtract",
};

const COMPARISONS: Readonly<Record<string, Direction>> = {
  Equal: "EQ",
  Greater: "GT",
  GreaterEqual: "GE",
  Less: "LT",
  LessEqual: "LE",
  NotEqual: "NE",
};

/** Self-normalizing networks, https://arxiv.org/abs/1706.02515: the constants of "selu". */
const SELU = { scale: 1.0507009873554805, scaledAlpha: 1.7580993408473766 };

const zero = (emit: Emitter, x: Value): Value => emit.splat(0, x.dtype);
const one = (emit: Emitter, x: Value): Value => emit.splat(1, x.dtype);

/**
 * The remainder of a division, and where its sign is not the divisor's: StableHLO's has the dividend's.
 */
function remainderOf(emit: Emitter, a: Value, b: Value) {
  const rest = emit.binary("remainder", a, b);
  const none = zero(emit, rest);
  const signsDiffer = emit.compare("NE", emit.compare("LT", rest, none), emit.compare("LT", b, none));
  return { rest, isOff: emit.binary("and", emit.compare("NE", rest, none), signsDiffer) };
}

/** The remainder with the sign of the divisor. */
function flooredRemainder(emit: Emitter, a: Value, b: Value): Value {
  const { rest, isOff } = remainderOf(emit, a, b);
  return emit.select(isOff, emit.add(rest, b), rest);
}

/** The quotient rounded down: StableHLO divides integers towards zero. */
function flooredQuotient(emit: Emitter, a: Value, b: Value): Value {
  const quotient = emit.divide(a, b);
  if (isFloat(a.dtype)) return emit.unary("floor", quotient);
  const { isOff } = remainderOf(emit, a, b);
  return emit.select(isOff, emit.subtract(quotient, one(emit, quotient)), quotient);
}

/** TensorFlow limits a shift to 0 .. 31; StableHLO shifts all bits out. */
const shift =
  (op: string): Lowering =>
  ({ emit, value }) => {
    const [low, high] = [0, 31].map((bits) => emit.splat(bits, "int32")) as [Value, Value];
    return emit.binary(op, value(0), emit.binary("minimum", emit.binary("maximum", value(1), low), high));
  };

const softplus = (emit: Emitter, x: Value): Value =>
  // log(1 + e^x) without overflow: |x| is what e is raised to, negated.
  emit.add(
    emit.binary("maximum", x, zero(emit, x)),
    emit.unary("log_plus_one", emit.unary("exponential", emit.unary("negate", emit.unary("abs", x)))),
  );

/** Ops of each element on its own, and their gradients. Two tensors are broadcast by NumPy's rule. */
export const elementwise: Lowerings = {
  ...Object.fromEntries(
    Object.entries(UNARY).map(([op, name]): [string, Lowering] => [
      op,
      ({ emit, value }) => emit.unary(name, value(0)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(BINARY).map(([op, name]): [string, Lowering] => [
      op,
      ({ emit, value }) => emit.binary(name, value(0), value(1)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(COMPARISONS).map(([op, direction]): [string, Lowering] => [
      op,
      ({ emit, value }) => emit.compare(direction, value(0), value(1)),
    ]),
  ),
  LeftShift: shift("shift_left"),
  RightShift: shift("shift_right_arithmetic"),
  FloorMod: ({ emit, value }) => flooredRemainder(emit, value(0), value(1)),
  FloorDiv: ({ emit, value }) => flooredQuotient(emit, value(0), value(1)),
  AddN: ({ emit, values }) => values().reduce((sum, each) => emit.add(sum, each)),
  Cast: ({ emit, value, to }) => emit.convert(value(0), to.dtype),
  DivNoNan: ({ emit, value }) => {
    const [a, b] = [value(0), value(1)];
    return emit.select(emit.compare("EQ", b, zero(emit, b)), zero(emit, a), emit.divide(a, b));
  },
  Identity: ({ value }) => value(0),
  StopGradient: ({ value }) => value(0),
  ZerosLike: ({ emit, to }) => emit.splat(0, to.dtype, to.shape),
  OnesLike: ({ emit, to }) => emit.splat(1, to.dtype, to.shape),
  IsNan: ({ emit, value }) => emit.compare("NE", value(0), value(0)),
  IsInf: ({ emit, value }) => {
    const x = value(0);
    return emit.compare("EQ", emit.unary("abs", x), emit.splat(Infinity, x.dtype));
  },
  IsFinite: ({ emit, value }) => {
    const x = value(0);
    return emit.compare("LT", emit.unary("abs", x), emit.splat(Infinity, x.dtype));
  },
  Reciprocal: ({ emit, value }) => emit.divide(one(emit, value(0)), value(0)),
  // Half to even; TensorFlow's integers are rounded already.
  Round: ({ emit, value }) =>
    isFloat(value(0).dtype) ? emit.unary("round_nearest_even", value(0)) : value(0),
  Square: ({ emit, value }) => emit.multiply(value(0), value(0)),
  SquaredDifference: ({ emit, value }) => {
    const difference = emit.subtract(value(0), value(1));
    return emit.multiply(difference, difference);
  },
  Softplus: ({ emit, value }) => softplus(emit, value(0)),
  Select: ({ emit, value }) => {
    // A condition with one axis less than the rest chooses rows: TensorFlow's first form of the op.
    const [condition, a, b] = [value(0), value(1), value(2)];
    const rows = condition.shape.length === 1 && a.shape.length > 1;
    return emit.select(rows ? emit.broadcast(condition, a.shape, [0]) : condition, a, b);
  },
  SelectV2: ({ emit, value }) => emit.select(value(0), value(1), value(2)),

  // Activations.
  Relu: ({ emit, value }) => emit.binary("maximum", value(0), zero(emit, value(0))),
  ReluGrad: ({ emit, value }) => {
    const [dy, features] = [value(0), value(1)];
    return emit.select(emit.compare("GT", features, zero(emit, features)), dy, zero(emit, dy));
  },
  Relu6: ({ emit, value }) => {
    const x = value(0);
    return emit.binary("minimum", emit.binary("maximum", x, zero(emit, x)), emit.splat(6, x.dtype));
  },
  LeakyRelu: ({ emit, value, attr }) => {
    const x = value(0);
    const slope = Math.fround(attr["alpha"]?.f ?? 0.2);
    return emit.select(emit.compare("GT", x, zero(emit, x)), x, emit.scaled(x, slope));
  },
  Elu: ({ emit, value }) => {
    const x = value(0);
    return emit.select(emit.compare("LT", x, zero(emit, x)), emit.unary("exponential_minus_one", x), x);
  },
  EluGrad: ({ emit, value }) => {
    const [dy, y] = [value(0), value(1)];
    const falling = emit.multiply(emit.add(y, one(emit, y)), dy);
    return emit.select(emit.compare("LT", y, zero(emit, y)), falling, dy);
  },
  Selu: ({ emit, value }) => {
    const x = value(0);
    const falling = emit.scaled(emit.unary("exponential_minus_one", x), SELU.scaledAlpha);
    return emit.select(emit.compare("LT", x, zero(emit, x)), falling, emit.scaled(x, SELU.scale));
  },
};
