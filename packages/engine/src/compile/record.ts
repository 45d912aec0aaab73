import * as tf from "@tensorflow/tfjs";

import { EngineError } from "../errors.ts";
import { nativeBackend } from "../ops/raw-op.ts";
import { sessionSettings } from "../start.ts";
import { cLibrary } from "./c-library.ts";
import { type CallSite, callSite } from "./call-site.ts";
import { DATA_TYPE, type DataType, dataTypeOf, type HostTensor } from "./data-types.ts";
import type { AttributeMessage, NodeMessage } from "./graph-messages.ts";
import { onComputeFirst } from "./compute-first.ts";
import { endOf } from "./edge.ts";
import { inputTensors } from "./input-tensors.ts";
import { inferredAttributes } from "./op-definitions.ts";
import type { Step } from "./compiled-step.ts";
import { foreignVariable, largeConstant, randomness, reading } from "./refusals.ts";
import { shapeOf, typeOf } from "./session-state.ts";
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

/** Ops that draw random numbers: recorded, each step would draw by the library's own state, which no checkpoint holds. */
const RANDOM_OP = /^(Random|Multinomial|TruncatedNormal|ParameterizedTruncated|StatelessRandom)/;

/**
 * Calls `step` once, eagerly, and writes down every TensorFlow op that it runs.
 *
 * Values that the step makes from JavaScript numbers become constants. New values of state variables are found by comparing the
 * variables before and after; their old values are put back.
 *
 * @throws {EngineError} NOT_TRACEABLE, with the line, for whatever would make the recorded graph differ from the step: reading a
 * value, host randomness, large constants, variables outside `state`.
 */
export function recordStep(
  step: Step,
  inputs: Readonly<Record<string, HostTensor>>,
  state: Readonly<Record<string, tf.Variable>>,
): Recording {
  const given = inputTensors(inputs);
  try {
    let recording!: Recording;
    tf.tidy(() => void (recording = record(step, inputs, given, state)));
    return recording;
  } finally {
    tf.dispose(given);
  }
}

function record(
  step: Step,
  inputs: Readonly<Record<string, HostTensor>>,
  given: Readonly<Record<string, tf.Tensor>>,
  state: Readonly<Record<string, tf.Variable>>,
): Recording {
  const backend = nativeBackend() as unknown as RecordedBackend;
  const library = cLibrary(sessionSettings().libraryFolder);
  const variables = Object.values(state);
  const nodes: NodeMessage[] = [];
  const sites = new Map<string, CallSite>();
  const edges = new Map<object, Edge>();
  const handles: tf.Tensor[] = [];

  const produced = new Map<string, readonly RecordedValue[]>();
  const gradientOf = new Map<string, string>();
  const tape = watchTape();
  const order = recordOrder();
  const add = (
    op: string,
    input: readonly string[],
    attr: NodeMessage["attr"],
    results: readonly RecordedValue[],
  ): string => {
    const name = `${op}_${nodes.length}`;
    nodes.push({ name, op, input: [...input, ...order.before(op, input)], attr });
    if (op !== "Const") order.add(name);
    produced.set(
      name,
      results.map(({ dtype, shape }) => ({ dtype, shape })),
    );
    const forward =
      tape.gradientOf === undefined ? "" : nodeOf(edges.get(tape.gradientOf.dataId)?.name ?? "");
    if (tape.backward) gradientOf.set(name, forward);
    sites.set(name, sites.get(forward) ?? callSite());
    return name;
  };

  /** The edge that carries a tensor's value; a tensor that no op has made is a constant. */
  const edgeOf = (tensor: tf.Tensor): string => {
    const known = edges.get(tensor.dataId);
    if (known === undefined) return constant(tensor);
    if (sameShape(known.shape, tensor.shape)) return known.name;
    const shape = tf.tensor1d(tensor.shape, "int32");
    const types = { T: { type: typeOf(tensor.dtype) }, Tshape: { type: DATA_TYPE.int32 } };
    const reshaped = add("Reshape", [known.name, constant(shape)], types, [tensor]);
    shape.dispose();
    return reshaped;
  };

  /** Where a result is taken from. What is fed into a session cannot be fetched from it, so an input goes through an op. */
  const outputOf = (tensor: tf.Tensor): string => {
    const edge = edgeOf(tensor);
    if (!edge.startsWith("in")) return edge;
    return add("Identity", [edge], { T: { type: typeOf(tensor.dtype) } }, [tensor]);
  };

  const constant = (tensor: tf.Tensor): string => {
    const wide = asInt64(tensor);
    if (wide !== undefined) {
      const content = new Uint8Array(wide.valueArray.slice().buffer);
      return add("Const", [], constantOf(INT64, [], content), [{ dtype: "int64", shape: [] }]);
    }
    const variable = foreign.get(tensor.dataId);
    if (variable !== undefined) throw foreignVariable("reads", variable);
    const values = readSync.call(backend, tensor.dataId);
    const content = contentOf(values);
    if (tensor.size >= SMALLEST_FILL && isUniform(values as tf.TypedArray)) return fill(tensor, content);
    if (content.length > LARGEST_CONSTANT) throw largeConstant(tensor, content.length);
    const name = add("Const", [], constantOf(typeOf(tensor.dtype), tensor.shape, content), [tensor]);
    edges.set(tensor.dataId, { name, shape: tensor.shape });
    return name;
  };

  /** tfjs makes zeros and ones of full size in JavaScript, for gradients above all: here they are one number and a shape. */
  const fill = (tensor: tf.Tensor, content: Uint8Array): string => {
    const type = typeOf(tensor.dtype);
    const dims = new Uint8Array(Int32Array.from(tensor.shape).buffer);
    const shapeNode = add("Const", [], constantOf(DATA_TYPE.int32, [tensor.rank], dims), [
      { dtype: "int32", shape: [tensor.rank] },
    ]);
    const one = content.slice(0, content.length / tensor.size);
    const value = add("Const", [], constantOf(type, [], one), [{ dtype: tensor.dtype, shape: [] }]);
    const attr = { T: { type }, index_type: { type: DATA_TYPE.int32 } };
    const name = add("Fill", [shapeNode, value], attr, [tensor]);
    edges.set(tensor.dataId, { name, shape: tensor.shape });
    return name;
  };

  const write = (
    op: string,
    attributes: readonly NativeAttribute[],
    from: readonly tf.Tensor[],
    results: readonly tf.Tensor[],
  ): void => {
    if (RANDOM_OP.test(op)) throw randomness(`the op ${op}`);
    const types = from.map((tensor) => (asInt64(tensor) === undefined ? typeOf(tensor.dtype) : INT64));
    const given = attributes.map((each) => [each.name, attributeOf(backend.binding, each)] as const);
    const attr = { ...inferredAttributes(library, op, types), ...Object.fromEntries(given) };
    const name = add(op, from.map(edgeOf), attr, results);
    results.forEach((result, i) =>
      edges.set(result.dataId, { name: i === 0 ? name : `${name}:${i}`, shape: result.shape }),
    );
  };

  const recordedInputs = Object.entries(inputs).map(([name, { values, shape }], i): RecordedInput => {
    const dataType = dataTypeOf(values);
    produced.set(`in${i}`, [{ dtype: dataType, shape }]);
    const toFloat = { SrcT: { type: DATA_TYPE.uint8 }, DstT: { type: DATA_TYPE.float32 } };
    const edge = dataType === "uint8" ? add("Cast", [`in${i}`], toFloat, [given[name]!]) : `in${i}`;
    edges.set(given[name]!.dataId, { name: edge, shape });
    return { name, dataType, shape };
  });
  const { executeSingleOutput, executeMultipleOutputs, readSync, read } = backend;
  /** The same memory under an id of its own: variables may share one with each other, or with a tensor that is a constant here. */
  const apart = (variable: tf.Variable): tf.Tensor => {
    const T = { name: "T", type: backend.binding.TF_ATTR_TYPE!, value: typeOf(variable.dtype) };
    return executeSingleOutput.call(backend, "Identity", [T], [variable]);
  };
  const started = variables.map((variable, i) => {
    handles.push(tf.keep(tf.clone(variable)));
    variable.assign(apart(variable));
    edges.set(variable.dataId, { name: `state${i}`, shape: variable.shape });
    produced.set(`state${i}`, [{ dtype: variable.dtype, shape: variable.shape }]);
    return variable.dataId;
  });
  const known = new Set<tf.Variable>(variables);
  const foreign = new Map(
    registeredVariables()
      .filter((variable) => !known.has(variable))
      .map((variable) => [variable.dataId, variable] as [object, tf.Variable]),
  );

  /** What a read without waiting met: it must not be thrown where nobody waits for the promise. */
  let readLater: EngineError | undefined;
  const { assign } = tf.Variable.prototype;
  const engine = tf.engine() as unknown as VariableEngine;
  const { makeVariable } = engine;
  const { random } = Math;
  backend.executeSingleOutput = function (op, attributes, from) {
    const result = executeSingleOutput.call(this, op, attributes, from);
    write(op, attributes, from, [result]);
    return result;
  };
  backend.executeMultipleOutputs = function (op, attributes, from, count) {
    const results = executeMultipleOutputs.call(this, op, attributes, from, count);
    write(op, attributes, from, results);
    return results;
  };
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

interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

interface Binding {
  readonly [constant: `TF_${string}`]: number;
}

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
}

const isUniform = (values: tf.TypedArray): boolean => values.every((value) => value === values[0]);

const INT64 = 9;

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

const constantOf = (
  dtype: number,
  shape: readonly number[],
  content: Uint8Array,
): Record<string, AttributeMessage> => ({
  dtype: { type: dtype },
  value: { tensor: { dtype, tensor_shape: shapeOf(shape), tensor_content: content } },
});

function contentOf(values: tf.TypedArray | Uint8Array[]): Uint8Array {
  if (Array.isArray(values)) throw new EngineError("NOT_TRACEABLE", "A compiled step cannot hold strings.");
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
}

function attributeOf(binding: Binding, { name, type, value }: NativeAttribute): AttributeMessage {
  const list = Array.isArray(value);
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return list ? { list: { type: value as number[] } } : { type: value as number };
    case binding.TF_ATTR_INT:
      return list ? { list: { i: value as number[] } } : { i: value as number };
    case binding.TF_ATTR_FLOAT:
      return list ? { list: { f: value as number[] } } : { f: value as number };
    case binding.TF_ATTR_BOOL:
      return list ? { list: { b: value as boolean[] } } : { b: Boolean(value) };
    case binding.TF_ATTR_STRING:
      return list
        ? { list: { s: (value as string[]).map((text) => Buffer.from(text)) } }
        : { s: Buffer.from(value as string) };
    case binding.TF_ATTR_SHAPE:
      return { shape: shapeOf(value as number[]) };
    default:
      throw new EngineError("NOT_TRACEABLE", `The attribute ${name} is of a kind that cannot be recorded.`);
  }
}
