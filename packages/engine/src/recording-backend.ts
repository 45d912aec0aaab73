import * as tf from "@tensorflow/tfjs";

import { replaceGather } from "./gather-without-reading.ts";
import { notStarted, startedToRecord } from "./messages/starting.ts";
import { replacePointwiseFilterGradient } from "./pointwise-filter-gradient.ts";
import {
  type Binding,
  hideNodeHint,
  type NativeBackend,
  nodeBackendOver,
  NODE_BACKEND,
} from "./tfjs-internals.ts";

/** TensorFlow's numbers of types and of kinds of attributes (tensorflow/c/tf_datatype.h, tf_attrtype.h). */
const NUMBERS = {
  TF_FLOAT: 1,
  TF_INT32: 3,
  TF_UINT8: 4,
  TF_STRING: 7,
  TF_COMPLEX64: 8,
  TF_INT64: 9,
  TF_BOOL: 10,
  TF_RESOURCE: 20,
  TF_ATTR_STRING: 0,
  TF_ATTR_INT: 1,
  TF_ATTR_FLOAT: 2,
  TF_ATTR_BOOL: 3,
  TF_ATTR_TYPE: 4,
  TF_ATTR_SHAPE: 5,
};

/**
 * What stands in for tfjs-node's addon where TensorFlow is not loaded. The kernels ask it for numbers alone:
 * the recorder takes the ops before they come here.
 */
export const RECORDING_BINDING: Binding = {
  ...NUMBERS,
  TF_Version: "",
  isUsingGpuDevice: () => false,
  createTensor: () => {
    throw startedToRecord("a tensor of TensorFlow");
  },
  deleteTensor: () => {},
  executeOp(op) {
    throw startedToRecord(`the op ${op}`);
  },
  tensorDataSync: () => {
    throw startedToRecord("the value of a tensor of a recorded step");
  },
};

/**
 * Makes tfjs able to record with tfjs-node's kernels, which are JavaScript, over a binding without a library.
 * Values are those of tfjs's own JavaScript backend, "cpu", which computes what is computed outside of steps.
 */
export async function registerRecordingBackend(): Promise<void> {
  if (tf.findBackendFactory(NODE_BACKEND) !== null) return;
  const backend = nodeBackendOver(RECORDING_BINDING);
  tf.registerBackend(NODE_BACKEND, () => backend);
  replaceKernels();
  await tf.setBackend("cpu");
  hideNodeHint();
}

/** Makes room for the backend of TensorFlow's library. Values that the recorder holds can still be read. */
export function unregisterRecordingBackend(): void {
  if (tf.findBackendFactory(NODE_BACKEND) !== null) tf.removeBackend(NODE_BACKEND);
}

/** Puts kernels of our own in place of those of tfjs-node that cannot be used in training. */
export function replaceKernels(): void {
  replacePointwiseFilterGradient();
  replaceGather();
}

/**
 * Calls `record` while tfjs uses the backend with tfjs-node's kernels: that of TensorFlow where the engine
 * was started, or else the recorder's.
 *
 * @throws {EngineError} NOT_STARTED.
 */
export function onRecordingBackend<T>(record: (backend: NativeBackend) => T): T {
  const backend = tf.findBackend(NODE_BACKEND) as unknown as NativeBackend | null;
  if (backend === null) throw notStarted();
  const outer = tf.getBackend();
  if (outer === NODE_BACKEND) return record(backend);
  void tf.setBackend(NODE_BACKEND); // takes effect at once, for a backend that exists
  try {
    return record(backend);
  } finally {
    void tf.setBackend(outer);
  }
}
