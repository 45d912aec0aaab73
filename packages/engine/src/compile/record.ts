import * as tf from "@tensorflow/tfjs";

import { EngineError } from "../errors.ts";
import { nativeBackend } from "../ops/raw-op.ts";
import { sessionSettings } from "../start.ts";
import { cLibrary, type CLibrary } from "./c-library.ts";
import { type CallSite, callSite, madeAt } from "./call-site.ts";
import { DATA_TYPE, type DataType, dataTypeOf, type HostTensor, INT64, nameOfType } from "./data-types.ts";
import type { NodeMessage } from "./graph-messages.ts";
import { onComputeFirst } from "./compute-first.ts";
import { constantAttributes } from "./constant-attributes.ts";
import { endOf } from "./edge.ts";
import { attributeOf, type Binding, type NativeAttribute } from "./native-attribute.ts";
import { inferredAttributes } from "./op-definitions.ts";
import type { Step } from "./compiled-step.ts";
import { changingShape, foreignVariable, largeConstant, randomness, reading } from "./refusals.ts";
import { placeholder, typeOf } from "./session-state.ts";
import { type InferredValue, openShapeInference, type ShapeInference } from "./shape-inference.ts";
import { watchTape } from "./tape.ts";

/** An input of the step: what its placeholder holds. A step sees bytes as float32. */
export interface RecordedInput {
  readonly name: string;
  readonly dataType: DataType;
  readonly shape: readonly number[];
}

/** Everything that one call of a step did, as a graph. */
export interface Recording {
  readonly inputs: readonly RecordedInput[];
  /** In order: an op comes after what it reads. Inputs and state are "in<i>" and "state<i>", which the caller provides. */
  readonly nodes: readonly NodeMessage[];
  readonly outputs: readonly { readonly name: string; readonly edge: string; readonly dtype: DataType }[];
  /** By place in `state`: the edge that holds the new value. */
  readonly assigned: ReadonlyMap<number, string>;
  /** Where in the user's code an op comes from, by node name; for an op of a gradient, where the op comes from that it is the gradient of. */
  readonly sites: ReadonlyMap<string, CallSite>;
  /** What each node hands over, by its name; so do inputs and state. */
  readonly produced: ReadonlyMap<string, readonly RecordedValue[]>;
  /** The nodes that gradients are made of, each with the forward node that it is the gradient of: "" where gradients are added up. */
  readonly gradientOf: ReadonlyMap<string, string>;
}

/** Type and shape of a tensor in the graph. */
export interface RecordedValue {
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** Bytes of a constant from which on it is refused. */
const LARGEST_CONSTANT = 2 ** 20;

/** Elements of a constant from which on equal ones are recorded as one number. */
const SMALLEST_FILL = 256;

/** Results whose shape TensorFlow leaves open, by op: what batch norm keeps for its gradient. Nothing but that gradient may take them. */
const OPAQUE_RESULT: Readonly<Record<string, number>> = { FusedBatchNormV3: 5 };

/** Ops that draw random numbers: recorded, each step would draw by the library's own state, which no checkpoint holds. */
const RANDOM_OP = /^(Random|Multinomial|TruncatedNormal|ParameterizedTruncated|StatelessRandom)/;

/**
 * Calls `step` once, with tensors that have shapes and no values, and writes down every TensorFlow op that it would run. Nothing is
 * computed: TensorFlow says which shape each op gives.
 *
 * Values that the step makes from JavaScript numbers become constants. New values of state variables are found by comparing the
 * variables before and after; their old values are put back.
 *
 * @throws {EngineError} NOT_TRACEABLE, with the line, for whatever would make the recorded graph differ from the step: reading a
 * value, host randomness, large constants, variables outside `state`, shapes that depend on values; COMPUTE_FAILED for tensors that do not
 * go together.
 */
export function recordStep(
  step: Step,
  inputs: Readonly<Record<string, HostTensor>>,
  state: Readonly<Record<string, tf.Variable>>,
): Recording {
  const library = cLibrary(sessionSettings().libraryFolder);
  const inference = openShapeInference(library);
  try {
    let recording!: Recording;
    tf.tidy(() => void (recording = record(step, inputs, state, library, inference)));
    return recording;
  } finally {
    inference.close();
  }
}

function record(
  step: Step,
  inputs: Readonly<Record<string, HostTensor>>,
  state: Readonly<Record<string, tf.Variable>>,
  library: CLibrary,
  inference: ShapeInference,
): Recording {
  const backend = nativeBackend() as unknown as RecordedBackend;
  const variables = Object.values(state);
  const nodes: NodeMessage[] = [];
  const sites = new Map<string, CallSite>();
  const edges = new Map<object, Edge>();
  /** Inputs of bytes that nothing has read yet. */
  const bytes = new Set<object>();
  const handles: tf.Tensor[] = [];

  const produced = new Map<string, readonly RecordedValue[]>();
  const gradientOf = new Map<string, string>();
  const tape = watchTape();
  const order = recordOrder();
  /** Adds an op; what it gives is then in `produced`. */
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
    return inferred.map((value, i) => recordedValue(node.op, value, i));
  };

  /** The edge that carries a tensor's value; a tensor that no op has made is a constant. */
  const edgeOf = (tensor: tf.Tensor): string => {
    const known = bytes.has(tensor.dataId) ? widened(tensor.dataId) : edges.get(tensor.dataId);
    if (known === undefined) return constant(tensor);
    if (sameShape(known.shape, tensor.shape)) return known.name;
    const types = { T: { type: typeOf(tensor.dtype) }, Tshape: { type: DATA_TYPE.int32 } };
    return add("Reshape", [known.name, shapeConstant(tensor.shape)], types);
  };

  /** Where it is first read, so that an input of which a later part of the step makes use waits as bytes. */
  const widened = (dataId: object): Edge => {
    const { name, shape } = edges.get(dataId)!;
    const toFloat = { SrcT: { type: DATA_TYPE.uint8 }, DstT: { type: DATA_TYPE.float32 } };
    const wide: Edge = { name: add("Cast", [name], toFloat), shape };
    bytes.delete(dataId);
    edges.set(dataId, wide);
    return wide;
  };

  /** Where a result is taken from. What is fed into a session cannot be fetched from it, so an input goes through an op. */
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
    if (variable !== undefined) throw foreignVariable("reads", variable);
    const values = readSync.call(backend, tensor.dataId);
    const content = contentOf(values);
    if (tensor.size >= SMALLEST_FILL && isUniform(values as tf.TypedArray)) return fill(tensor, content);
    if (content.length > LARGEST_CONSTANT) throw largeConstant(tensor, content.length);
    const name = add("Const", [], constantAttributes(typeOf(tensor.dtype), tensor.shape, content));
    edges.set(tensor.dataId, { name, shape: tensor.shape });
    return name;
  };

  const shapeConstant = (shape: readonly number[]): string => {
    const dims = new Uint8Array(Int32Array.from(shape).buffer);
    return add("Const", [], constantAttributes(DATA_TYPE.int32, [shape.length], dims));
  };

  /** tfjs makes zeros and ones of full size in JavaScript, for gradients above all: here they are one number and a shape. */
  const fill = (tensor: tf.Tensor, content: Uint8Array): string => {
    const type = typeOf(tensor.dtype);
    const one = content.slice(0, content.length / tensor.size);
    const value = add("Const", [], constantAttributes(type, [], one));
    const attr = { T: { type }, index_type: { type: DATA_TYPE.int32 } };
    const name = add("Fill", [shapeConstant(tensor.shape), value], attr);
    edges.set(tensor.dataId, { name, shape: tensor.shape });
    return name;
  };

  /** A tensor as tfjs knows it, without a value. */
  const withoutValue = ({ dtype, shape }: RecordedValue): tf.Tensor =>
    backend.createOutputTensor({ id: NO_VALUE, dtype: typeOf(dtype), shape: [...shape] });

  const write = (
    op: string,
    attributes: readonly NativeAttribute[],
    from: readonly tf.Tensor[],
    count: number,
  ): tf.Tensor[] => {
    if (RANDOM_OP.test(op)) throw randomness(`the op ${op}`);
    const types = from.map((tensor) => (asInt64(tensor) === undefined ? typeOf(tensor.dtype) : INT64));
    const given = attributes.map((each) => [each.name, attributeOf(backend.binding, each)] as const);
    const attr = { ...inferredAttributes(library, op, types), ...Object.fromEntries(given) };
    const name = add(op, from.map(edgeOf), attr);
    return produced
      .get(name)!
      .slice(0, count)
      .map((value, i) => {
        const result = withoutValue(value);
        edges.set(result.dataId, { name: i === 0 ? name : `${name}:${i}`, shape: result.shape });
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
  // Each under an id of its own: variables may share one with each other, or with a tensor that is a constant here.
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

  const { executeSingleOutput, executeMultipleOutputs, readSync, read } = backend;
  /** What a read without waiting met: it must not be thrown where nobody waits for the promise. */
  let readLater: EngineError | undefined;
  const { assign } = tf.Variable.prototype;
  const engine = tf.engine() as unknown as VariableEngine;
  const { makeVariable } = engine;
  const { random } = Math;
  backend.executeSingleOutput = (op, attributes, from) => write(op, attributes, from, 1)[0]!;
  backend.executeMultipleOutputs = write;
  backend.readSync = function (dataId) {
    if (edges.has(dataId)) throw reading();
    return readSync.call(this, dataId);
  };
  backend.read = function (dataId) {
    if (!edges.has(dataId)) return read.call(this, dataId);
    readLater ??= reading();
    return new Promise(() => {}); // What would go on with the value is refused with the step.
  };
  tf.Variable.prototype.assign = function (this: tf.Variable, value) {
    if (!known.has(this)) throw foreignVariable("assigns", this);
    assign.call(this, value);
  };
  engine.makeVariable = function (...args) {
    const variable = makeVariable.call(this, ...args);
    variable.dispose();
    throw foreignVariable("makes", variable);
  };
  Math.random = () => {
    throw randomness("Math.random");
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
    Object.assign(backend, { executeSingleOutput, executeMultipleOutputs, readSync, read });
    tf.Variable.prototype.assign = assign;
    Reflect.deleteProperty(engine, "makeVariable");
    Math.random = random;
    variables.forEach((variable, i) => {
      variable.assign(handles[i]!);
      handles[i]!.dispose();
    });
  }
}

function recordedValue(op: string, { dataType, shape }: InferredValue, place: number): RecordedValue {
  const dtype = nameOfType(dataType);
  if (shape !== undefined) return { dtype, shape };
  if (OPAQUE_RESULT[op] === place) return { dtype, shape: [0] };
  throw changingShape(op);
}

/** Which nodes must wait for the last `computeFirst`: those since then that reach nothing else that does; constants cost nothing. */
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

/** The part of tfjs's engine that variables come from. */
interface VariableEngine {
  readonly state: { readonly registeredVariables: Readonly<Record<string, tf.Variable>> };
  makeVariable(...args: unknown[]): tf.Variable;
}

const registeredVariables = (): readonly tf.Variable[] =>
  Object.values((tf.engine() as unknown as VariableEngine).state.registeredVariables);

interface Edge {
  readonly name: string;
  readonly shape: readonly number[];
}

/** tfjs-node's mark of a tensor that TensorFlow does not hold. */
const NO_VALUE = -1;

/** The methods of tfjs-node's backend that every op and every read goes through. */
interface RecordedBackend {
  readonly binding: Binding;
  executeSingleOutput(
    op: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly tf.Tensor[],
  ): tf.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
  readSync(dataId: object): tf.TypedArray | Uint8Array[];
  read(dataId: object): Promise<tf.TypedArray | Uint8Array[]>;
  createOutputTensor(metadata: { id: number; dtype: number; shape: number[] }): tf.Tensor;
}

const isUniform = (values: tf.TypedArray): boolean => values.every((value) => value === values[0]);

/** tfjs-node's stand-in for a scalar of 64 bits. */
interface Int64Scalar {
  readonly dtype: "int64";
  readonly valueArray: Int32Array;
}
const asInt64 = (value: unknown): Int64Scalar | undefined =>
  (value as { dtype: string }).dtype === "int64" ? (value as Int64Scalar) : undefined;

/** "node" of "node:1". */
const nodeOf = (edge: string): string => endOf(edge).node;

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

function contentOf(values: tf.TypedArray | Uint8Array[]): Uint8Array {
  if (Array.isArray(values)) throw new EngineError("NOT_TRACEABLE", "A compiled step cannot hold strings.");
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
}
