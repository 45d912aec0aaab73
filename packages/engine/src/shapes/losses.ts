import { broadcast, ranked, requireEqual } from "./dimensions.ts";
import { ops, type OpTable, type ShapeRule } from "./op-call.ts";

/** The loss of each row, and its gradient with respect to the logits. */
const crossEntropy: ShapeRule = (call) => {
  const [logits, labels] = call.shapes;
  const both = broadcast(call, logits!, labels!);
  if (both.length !== 2) throw call.misfit(`Shape must be rank 2 but is rank ${both.length}`);
  return [[both[0]!], both];
};

const sparseCrossEntropy: ShapeRule = (call) => {
  const logits = ranked(call, 0, 2);
  requireEqual(call, logits[0]!, ranked(call, 1, 1)[0]!);
  return [[logits[0]!], logits];
};

/** Losses that TensorFlow computes together with their gradients. */
export const LOSSES: OpTable = {
  ...ops("SoftmaxCrossEntropyWithLogits", "T:float, T -> T, T", crossEntropy),
  ...ops("SparseSoftmaxCrossEntropyWithLogits", "T:float, Tlabels:index -> T, T", sparseCrossEntropy),
};
