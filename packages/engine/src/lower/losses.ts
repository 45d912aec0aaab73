import { range } from "../range.ts";
import type { Emitter, Value } from "./emitter.ts";
import type { Lowering, Lowerings } from "./lowering.ts";

/** Rows of logits made safe for an exponential by their largest element, which changes no probability. */
function rowsOf(emit: Emitter, given: Value) {
  // Losses are computed in float32 whatever the type of the logits.
  const logits = emit.convert(given, emit.float);
  const last = [logits.shape.length - 1];
  const shifted = emit.subtract(logits, emit.reduce("maximum", logits, last, true));
  const exponential = emit.unary("exponential", shifted);
  const sum = emit.reduce("add", exponential, last, true);
  return {
    last,
    shifted,
    probabilities: () => emit.divide(exponential, sum),
    /** Minus the logarithm of each probability. */
    surprises: () => emit.subtract(emit.unary("log", sum), shifted),
  };
}

/** Loss of each row and its gradient with respect to the logits. */
const crossEntropy: Lowering = ({ emit, value, to }) => {
  const { last, probabilities, surprises } = rowsOf(emit, value(0));
  const targets = emit.convert(value(1), emit.float);
  const zero = emit.splat(0, emit.float);
  // 0 * log 0 is 0: a class without a share costs nothing, however unlikely it is.
  const isShare = emit.compare("NE", targets, zero);
  const terms = emit.select(isShare, emit.multiply(targets, surprises()), zero);
  const loss = emit.reduce("add", terms, last);
  const gradient = emit.subtract(probabilities(), targets);
  return [emit.convert(loss, to.dtype), emit.convert(gradient, to.dtype)];
};

/**
 * As above with the number of one class for each row. A number that is no class is an error in TensorFlow on
 * the CPU; here, as in TensorFlow on a GPU, its row is NaN, which ends the run as not finite.
 */
const sparseCrossEntropy: Lowering = ({ emit, value, to }) => {
  const { last, shifted, probabilities, surprises } = rowsOf(emit, value(0));
  const [axis] = last as [number];
  const classes = emit.iota("int32", shifted.shape, axis);
  const labels = emit.reshape(value(1), [...value(1).shape, 1]);
  const zero = emit.splat(0, emit.float);
  const isClass = emit.compare("EQ", emit.broadcast(labels, shifted.shape, range(axis + 1)), classes);
  const loss = emit.reduce("add", emit.select(isClass, surprises(), zero), last);
  const gradient = emit.subtract(probabilities(), emit.convert(isClass, emit.float));
  const nan = emit.splat(NaN, emit.float);
  const isKnown = emit.reduce("or", isClass, last);
  return [
    emit.convert(emit.select(isKnown, loss, nan), to.dtype),
    emit.convert(emit.select(emit.broadcast(isKnown, shifted.shape, range(axis)), gradient, nan), to.dtype),
  ];
};

export const losses: Lowerings = {
  Softmax: ({ emit, value, to }) => emit.convert(rowsOf(emit, value(0)).probabilities(), to.dtype),
  LogSoftmax: ({ emit, value, to }) =>
    emit.convert(emit.unary("negate", rowsOf(emit, value(0)).surprises()), to.dtype),
  SoftmaxCrossEntropyWithLogits: crossEntropy,
  SparseSoftmaxCrossEntropyWithLogits: sparseCrossEntropy,
};
