import * as tf from "@tensorflow/tfjs";

/** A shape as the int32 tensor that TensorFlow's gradient ops take. */
export const shapeTensor = (shape: readonly number[]): tf.Tensor1D => tf.tensor1d([...shape], "int32");
