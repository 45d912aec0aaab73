import * as engine from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

/** An int32 tensor, or a 32-bit number for all of its places. */
export type Word = tf.Tensor | number;

const binary =
  (op: string) =>
  (a: tf.Tensor, b: Word): tf.Tensor => {
    const second = typeof b === "number" ? tf.scalar(b | 0, "int32") : b;
    return engine.rawOp(op, { T: engine.attribute.type("int32") }, [a, second], 1)[0]!;
  };

// TensorFlow's int32 products and sums wrap around, as those of XLA do.
export const multiply = binary("Mul");
export const add = binary("AddV2");
export const xor = binary("BitwiseXor");
export const and = binary("BitwiseAnd");
/** Repeats the sign of a negative number, as JavaScript's >>. */
export const shiftRight = binary("RightShift");
