import * as tf from "@tensorflow/tfjs";

import { type CallSite, callSite } from "../compile/call-site.ts";
import { watchTape } from "../compile/tape.ts";
import { nativeBackend } from "../ops/raw-op.ts";

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

/** The methods of tfjs-node's backend that all ops use. */
interface ExecutingBackend {
  executeSingleOutput(op: string, attributes: unknown, inputs: readonly tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: unknown,
    inputs: readonly tf.Tensor[],
    count: number,
  ): tf.Tensor[];
}

/**
 * Calls `onOp` for every op that runs eagerly. Ops of compiled steps run inside TensorFlow and are not seen.
 *
 * @returns a function that stops the watch and restores tfjs.
 */
export function watchOps(onOp: (op: RanOp) => void): () => void {
  const backend = nativeBackend() as unknown as ExecutingBackend;
  const { executeSingleOutput, executeMultipleOutputs } = backend;
  const tape = watchTape();
  const sites = new WeakMap<object, CallSite>();

  const tell = (op: string, inputs: readonly tf.Tensor[], outputs: readonly tf.Tensor[]): void => {
    const { backward, gradientOf } = tape;
    const site = (gradientOf === undefined ? undefined : sites.get(gradientOf.dataId)) ?? callSite();
    for (const { dataId } of outputs) sites.set(dataId, site);
    onOp({ op, inputs, outputs, backward, site, ...(gradientOf === undefined ? {} : { gradientOf }) });
  };
  backend.executeSingleOutput = function (op, attributes, inputs) {
    const output = executeSingleOutput.call(this, op, attributes, inputs);
    tell(op, inputs, [output]);
    return output;
  };
  backend.executeMultipleOutputs = function (op, attributes, inputs, count) {
    const outputs = executeMultipleOutputs.call(this, op, attributes, inputs, count);
    tell(op, inputs, outputs);
    return outputs;
  };
  return () => {
    tape.stop();
    Object.assign(backend, { executeSingleOutput, executeMultipleOutputs });
  };
}
