import * as tf from "@tensorflow/tfjs";

import { attribute, rawOp } from "./ops/raw-op.ts";

/**
 * Replaces tfjs-node's gather by one that reads no values back. tfjs-node copies all indices to JavaScript to
 * check them; TensorFlow checks them on the device.
 */
export function replaceGather(): void {
  tf.unregisterKernel("GatherV2", "tensorflow");
  tf.registerKernel({
    kernelName: "GatherV2",
    backendName: "tensorflow",
    kernelFunc({ inputs, attrs }) {
      const { x, indices } = inputs as Record<"x" | "indices", tf.Tensor>;
      const { axis, batchDims } = attrs as unknown as Record<"axis" | "batchDims", number>;
      const axisTensor = tf.scalar(axis, "int32");
      const [result] = rawOp(
        "GatherV2",
        {
          batch_dims: attribute.int(batchDims),
          Tparams: attribute.type(x.dtype as "float32" | "int32" | "bool"),
          Tindices: attribute.type(indices.dtype as "int32"),
          Taxis: attribute.type("int32"),
        },
        [x, indices, axisTensor],
        1,
      );
      axisTensor.dispose();
      return result!;
    },
  });
}
