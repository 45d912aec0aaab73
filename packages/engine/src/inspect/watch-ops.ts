import type * as tf from "@tensorflow/tfjs";

import { type CallSite, callSite } from "../compile/call-site.ts";
import { watchTape } from "../compile/tape.ts";
import { requireTensorflow } from "../start.ts";
import { nativeBackend, replaceMethods } from "../tfjs-internals.ts";

/** An op that TensorFlow has just run. Its tensors are borrowed. */
export interface RanOp {
  readonly op: string;
  readonly inputs: readonly tf.Tensor[];
  readonly outputs: readonly tf.Tensor[];
  /** True for an op of a gradient. */
  readonly backward: boolean;
  /**
   * Result of the op whose gradient this op belongs to; absent in a forward pass, and where gradients are
   * added up.
   */
  readonly gradientOf?: tf.Tensor;
  /** Place in the user's code; an op of a gradient has the place of the op that it differentiates. */
  readonly site: CallSite;
}

/**
 * Calls `onOp` for every op that runs eagerly. Ops of compiled steps run inside TensorFlow and are not seen.
 *
 * @returns a function that stops the watch and restores tfjs.
 */
export function watchOps(onOp: (op: RanOp) => void): () => void {
  requireTensorflow();
  const backend = nativeBackend();
  const { executeSingleOutput, executeMultipleOutputs } = backend;
  const tape = watchTape();
  const sites = new WeakMap<object, CallSite>();

  const tell = (op: string, inputs: readonly tf.Tensor[], outputs: readonly tf.Tensor[]): void => {
    const { backward, gradientOf } = tape;
    const site = (gradientOf === undefined ? undefined : sites.get(gradientOf.dataId)) ?? callSite();
    for (const { dataId } of outputs) sites.set(dataId, site);
    onOp({ op, inputs, outputs, backward, site, ...(gradientOf === undefined ? {} : { gradientOf }) });
  };
  const restore = replaceMethods(backend, {
    executeSingleOutput(op, attributes, inputs) {
      const output = executeSingleOutput.call(backend, op, attributes, inputs);
      tell(op, inputs, [output]);
      return output;
    },
    executeMultipleOutputs(op, attributes, inputs, count) {
      const outputs = executeMultipleOutputs.call(backend, op, attributes, inputs, count);
      tell(op, inputs, outputs);
      return outputs;
    },
  });
  return () => {
    tape.stop();
    restore();
  };
}
