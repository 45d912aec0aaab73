import * as tf from "@tensorflow/tfjs";

import type { EngineError } from "../errors.ts";
import {
  changingShape,
  foreignVariable,
  largeConstant,
  opNotRecordable,
  randomNumbers,
  stringConstant,
  typeNotRecordable,
  valueRead,
} from "../messages/not-traceable.ts";
import { onRecordingBackend } from "../recording-backend.ts";
import { inferredAttributes } from "../shapes/attributes.ts";
import { RULES } from "../shapes/rules.ts";
import { type InferredValue, shapeInference } from "../shapes/shape-inference.ts";
import { sameShape } from "../shapes/shape.ts";
import { type NativeAttribute, type NativeBackend, replaceMethods, tfjsEngine } from "../tfjs-internals.ts";
import { type CallSite, callSite, currentSite, madeAt } from "./call-site.ts";
import type { Step } from "./compiled-step.ts";
import { onComputeFirst } from "./compute-first.ts";
import { constantAttributes } from "./constant-attributes.ts";
import { DATA_TYPE, type DataType, dataTypeOf, type HostTensor, INT64 } from "./data-types.ts";
import { edgeName, endOf } from "./edge.ts";
import type { NodeMessage } from "./graph-messages.ts";
import { attributeOf } from "./native-attribute.ts";
import { placeholder, typeOf } from "./session-state.ts";
import { watchTape } from "./tape.ts";

/** Type and shape of the placeholder of an input. A step gets bytes as float32. */
export interface RecordedInput {
  readonly name: string;
  readonly dataType: DataType;
  readonly shape: readonly number[];
}

/** All ops of one call of a step, as a graph. */
export interface Recording {
  readonly inputs: readonly RecordedInput[];
  /**
   * Ops in order: each comes after its inputs. Inputs and state are "in<i>" and "state<i>", which the caller
   * provides.
   */
  readonly nodes: readonly NodeMessage[];
  readonly outputs: readonly { readonly name: string; readonly edge: string; readonly dtype: DataType }[];
  /** Edges of the new values of state variables, by their place in `state`. */
  readonly assigned: ReadonlyMap<number, string>;
  /**
   * Places in the user's code by the name of the node; an op of a gradient has the place of the op that it
   * differentiates.
   */
  readonly sites: ReadonlyMap<string, CallSite>;
  /** Types and shapes of the results of each node, input and state variable, by its name. */
  readonly produced: ReadonlyMap<string, readonly RecordedValue[]>;
  /**
   * Nodes of gradients, each with the forward node that it differentiates, or "" where gradients are added
   * up.
   */
  readonly gradientOf: ReadonlyMap<string, string>;
}

/** Type and shape of a tensor in the graph. */
export interface RecordedValue {
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** Bytes of the largest constant that is accepted. */
const LARGEST_CONSTANT = 2 ** 20;

/** Smallest number of equal elements that are recorded as one number. */
const SMALLEST_FILL = 256;

/**
 * Ops that draw random numbers. In a graph they would use the library's own state, which no checkpoint holds.
 */
const RANDOM_OP = /^(Random|Multinomial|TruncatedNormal|ParameterizedTruncated|StatelessRandom)/;

/**
 * Calls `step` once, with tensors that have shapes but no values, and records every TensorFlow op that it
 * would run. Nothing is computed, and TensorFlow's library is not used: shapes follow from rules of our own.
 *
 * Tensors that the step makes from JavaScript numbers become constants. New values of state variables are
 * found by comparing the variables before and after the call; their old values are restored.
 *
 * @throws {EngineError} NOT_TRACEABLE, with the line, for anything that would make the graph differ from the
 * step: reading a value, random numbers of the host, large constants, variables outside `state`, shapes that
 * depend on values, ops without a rule; COMPUTE_FAILED for tensors that do not fit together.
 */
export function recordStep(
  step: Step,
  inputs: Readonly<Record<string, HostTensor>>,
  state: Readonly<Record<string, tf.Variable>>,
): Recording {
  let recording!: Recording;
  onRecordingBackend((backend) => tf.tidy(() => void (recording = recordOn(backend, step, inputs, state))));
  return recording;
}

function recordOn(
  backend: NativeBackend,
  step: Step,
  inputs: Readonly<Record<string, HostTensor>>,
  state: Readonly<Record<string, tf.Variable>>,
): Recording {
  const inference = shapeInference();
  const engine = tfjsEngine();
  const variables = Object.values(state);
  const nodes: NodeMessage[] = [];
  const sites = new Map<string, CallSite>();
  const edges = new Map<object, Edge>();
  /** Inputs of bytes that no op has used yet. */
  const bytes = new Set<object>();
  const handles: tf.Tensor[] = [];

  const produced = new Map<string, readonly RecordedValue[]>();
  const gradientOf = new Map<string, string>();
  const tape = watchTape();
  const order = recordOrder();
  /** Adds an op; `produced` then has its results. */
  const add = (op: string, input: readonly string[], attr: NodeMessage["attr"]): string => {
    const name = `${op}_${nodes.length}`;
    const node: NodeMessage = { name, op, input: [...input, ...order.before(op, input)], attr };
    const forward =
      tape.gradientOf === undefined ? "" : nodeOf(edges.get(tape.gradientOf.dataId)?.name ?? "");
    const site = sites.get(forward) ?? callSite();
    produced.set(name, infer(node, site));
    nodes.push(node);
    if (op !== "Const") order.add(name);
    if (tape.backward) gradientOf.set(name, forward);
    sites.set(name, site);
    return name;
  };

  const infer = (node: NodeMessage, site: CallSite): readonly RecordedValue[] => {
    let inferred: readonly InferredValue[];
    try {
      inferred = inference.add(node);
    } catch (error) {
      throw madeAt(error, site());
    }
    return inferred.map(({ dtype, shape }) => {
      if (shape === undefined) throw changingShape(node.op, currentSite());
      return { dtype, shape };
    });
  };

  /** The edge with a tensor's value; a tensor that no op has made becomes a constant. */
  const edgeOf = (tensor: tf.Tensor): string => {
    const known = bytes.has(tensor.dataId) ? widened(tensor.dataId) : edges.get(tensor.dataId);
    if (known === undefined) return constant(tensor);
    if (sameShape(known.shape, tensor.shape)) return known.name;
    const types = { T: { type: typeOf(tensor.dtype) }, Tshape: { type: DATA_TYPE.int32 } };
    return add("Reshape", [known.name, shapeConstant(tensor.shape)], types);
  };

  /**
   * Converts an input of bytes to float32 at its first use; an input for a later part of the step stays in
   * bytes until then.
   */
  const widened = (dataId: object): Edge => {
    const { name, shape } = edges.get(dataId)!;
    const toFloat = { SrcT: { type: DATA_TYPE.uint8 }, DstT: { type: DATA_TYPE.float32 } };
    const wide: Edge = { name: add("Cast", [name], toFloat), shape };
    bytes.delete(dataId);
    edges.set(dataId, wide);
    return wide;
  };

  /** The edge of a result. A session cannot fetch its own inputs, so an input passes through an op. */
  const outputOf = (tensor: tf.Tensor): string => {
    const edge = edgeOf(tensor);
    if (!edge.startsWith("in")) return edge;
    return add("Identity", [edge], { T: { type: typeOf(tensor.dtype) } });
  };

  const constant = (tensor: tf.Tensor): string => {
    const wide = asInt64(tensor);
    if (wide !== undefined) {
      const content = new Uint8Array(wide.valueArray.slice().buffer);
      return add("Const", [], constantAttributes(INT64, [], content));
    }
    const variable = foreign.get(tensor.dataId);
    if (variable !== undefined) throw foreignVariable("reads", variable, currentSite());
    const values = engine.readSync(tensor.dataId);
    const content = contentOf(values);
    if (tensor.size >= SMALLEST_FILL && isUniform(values as tf.TypedArray)) return fill(tensor, content);
    if (content.length > LARGEST_CONSTANT) {
      throw largeConstant(tensor, content.length, currentSite());
    }
    const name = add("Const", [], constantAttributes(typeOf(tensor.dtype), tensor.shape, content));
    edges.set(tensor.dataId, { name, shape: tensor.shape });
    return name;
  };

  const shapeConstant = (shape: readonly number[]): string => {
    const dims = new Uint8Array(Int32Array.from(shape).buffer);
    return add("Const", [], constantAttributes(DATA_TYPE.int32, [shape.length], dims));
  };

  /**
   * tfjs makes tensors of zeros and ones in JavaScript, above all for gradients; they are recorded as one
   * number and a shape.
   */
  const fill = (tensor: tf.Tensor, content: Uint8Array): string => {
    const type = typeOf(tensor.dtype);
    const one = content.slice(0, content.length / tensor.size);
    const value = add("Const", [], constantAttributes(type, [], one));
    const attr = { T: { type }, index_type: { type: DATA_TYPE.int32 } };
    const name = add("Fill", [shapeConstant(tensor.shape), value], attr);
    edges.set(tensor.dataId, { name, shape: tensor.shape });
    return name;
  };

  /** A tfjs tensor without a value. */
  const withoutValue = ({ dtype, shape }: RecordedValue): tf.Tensor => {
    if (!TFJS_TYPES.includes(dtype)) throw typeNotRecordable(dtype, currentSite());
    return backend.createOutputTensor({ id: NO_VALUE, dtype: typeOf(dtype), shape: [...shape] });
  };

  const write = (
    op: string,
    attributes: readonly NativeAttribute[],
    from: readonly tf.Tensor[],
    count: number,
  ): tf.Tensor[] => {
    if (RANDOM_OP.test(op)) throw randomNumbers(`the op ${op}`, currentSite());
    const rule = RULES.get(op);
    if (rule === undefined) throw opNotRecordable(op, currentSite());
    const types = from.map((tensor) => (asInt64(tensor) === undefined ? typeOf(tensor.dtype) : INT64));
    const given = attributes.map((each) => [each.name, attributeOf(backend.binding, each)] as const);
    const attr = { ...inferredAttributes(rule, types), ...Object.fromEntries(given) };
    const name = add(op, from.map(edgeOf), attr);
    return produced
      .get(name)!
      .slice(0, count)
      .map((value, i) => {
        const result = withoutValue(value);
        edges.set(result.dataId, { name: edgeName(name, i), shape: result.shape });
        return result;
      });
  };

  const place = (name: string, dataType: DataType, shape: readonly number[]): void => {
    inference.add(placeholder(name, dataType, shape));
    produced.set(name, [{ dtype: dataType, shape }]);
  };
  const given: Record<string, tf.Tensor> = {};
  const recordedInputs = Object.entries(inputs).map(([name, { values, shape }], i): RecordedInput => {
    const dataType = dataTypeOf(values);
    place(`in${i}`, dataType, shape);
    given[name] = withoutValue({ dtype: dataType === "uint8" ? "float32" : dataType, shape });
    edges.set(given[name].dataId, { name: `in${i}`, shape });
    if (dataType === "uint8") bytes.add(given[name].dataId);
    return { name, dataType, shape };
  });
  // Each variable gets its own id: variables may share one with each other, or with a tensor that is a
  // constant here.
  const started = variables.map((variable, i) => {
    const { dtype, shape } = variable;
    handles.push(tf.keep(tf.clone(variable)));
    variable.assign(withoutValue({ dtype, shape }));
    edges.set(variable.dataId, { name: `state${i}`, shape });
    place(`state${i}`, dtype as DataType, shape);
    return variable.dataId;
  });
  const known = new Set<tf.Variable>(variables);
  const foreign = new Map(
    registeredVariables()
      .filter((variable) => !known.has(variable))
      .map((variable) => [variable.dataId, variable] as [object, tf.Variable]),
  );

  const { readSync, read } = backend;
  /** The refusal of an asynchronous read, which must not be thrown where nobody waits for the promise. */
  let readLater: EngineError | undefined;
  const { assign } = tf.Variable.prototype;
  const { makeVariable } = engine;
  const { random } = Math;
  const restoreBackend = replaceMethods(backend, {
    executeSingleOutput: (op, attributes, from) => write(op, attributes, from, 1)[0]!,
    executeMultipleOutputs: write,
    readSync(dataId) {
      if (edges.has(dataId)) throw valueRead(currentSite());
      return readSync.call(backend, dataId);
    },
    read(dataId) {
      if (!edges.has(dataId)) return read.call(backend, dataId);
      readLater ??= valueRead(currentSite());
      return new Promise(() => {}); // The step is refused, and the code that waits for the value with it.
    },
  });
  tf.Variable.prototype.assign = function (this: tf.Variable, value) {
    if (!known.has(this)) throw foreignVariable("assigns", this, currentSite());
    assign.call(this, value);
  };
  const restoreEngine = replaceMethods(engine, {
    makeVariable(...args) {
      const variable = makeVariable.call(engine, ...args);
      variable.dispose();
      throw foreignVariable("makes", variable, currentSite());
    },
  });
  Math.random = () => {
    throw randomNumbers("Math.random", currentSite());
  };

  const stopHearing = onComputeFirst((tensors) => {
    const name = `computed_${nodes.length}`;
    nodes.push({ name, op: "NoOp", input: tensors.map((tensor) => `^${nodeOf(edgeOf(tensor))}`), attr: {} });
    order.begin(name);
  });
  try {
    const results = step(given);
    if (readLater !== undefined) throw readLater;
    const outputs = Object.entries(results).map(([name, tensor]) => ({
      name,
      edge: outputOf(tensor),
      dtype: tensor.dtype as DataType,
    }));
    const assigned = new Map<number, string>();
    variables.forEach((variable, i) => {
      if (variable.dataId !== started[i]) assigned.set(i, edgeOf(variable));
    });
    return { inputs: recordedInputs, nodes, outputs, assigned, sites, produced, gradientOf };
  } finally {
    tape.stop();
    stopHearing();
    restoreBackend();
    tf.Variable.prototype.assign = assign;
    restoreEngine();
    Math.random = random;
    variables.forEach((variable, i) => {
      variable.assign(handles[i]!);
      handles[i]!.dispose();
    });
  }
}

/**
 * The nodes that must wait for the last `computeFirst`: later nodes without an input that waits for it
 * already. Constants need not.
 */
function recordOrder() {
  let first: string | undefined;
  let since = new Set<string>();
  return {
    begin(name: string) {
      first = name;
      since = new Set();
    },
    add: (name: string) => void since.add(name),
    before: (op: string, input: readonly string[]): readonly string[] =>
      first === undefined || op === "Const" || input.some((edge) => since.has(nodeOf(edge)))
        ? []
        : [`^${first}`],
  };
}

const registeredVariables = (): readonly tf.Variable[] =>
  Object.values(tfjsEngine().state.registeredVariables);

interface Edge {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The types of tfjs's tensors, but for text and complex numbers. */
const TFJS_TYPES: readonly string[] = ["float32", "int32", "bool"];

/** tfjs-node's id for a tensor without a value in TensorFlow. */
const NO_VALUE = -1;

const isUniform = (values: tf.TypedArray): boolean => values.every((value) => value === values[0]);

/** tfjs-node's representation of a 64-bit scalar. */
interface Int64Scalar {
  readonly dtype: "int64";
  readonly valueArray: Int32Array;
}
const asInt64 = (value: unknown): Int64Scalar | undefined =>
  (value as { dtype: string }).dtype === "int64" ? (value as Int64Scalar) : undefined;

/** "node" for "node:1". */
const nodeOf = (edge: string): string => endOf(edge).node;

function contentOf(values: tf.TypedArray | Uint8Array[]): Uint8Array {
  if (Array.isArray(values)) throw stringConstant();
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
}
