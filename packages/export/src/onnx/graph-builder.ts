import { float16Of, isHalved } from "../float16.ts";
import {
  ATTRIBUTE,
  type AttributeMessage,
  type NodeMessage,
  ONNX_TYPE,
  type TensorMessage,
} from "./messages-of-onnx.ts";

/** What an attribute is given as: whole numbers are ints, `{ float }` is a float. */
export type AttributeValue = number | string | readonly number[] | { readonly float: number };

type AttributeValues = Readonly<Record<string, AttributeValue>>;

/** Collects the nodes and constants of an ONNX graph. All names are different. */
export interface GraphBuilder {
  /**
   * Adds a node with one result.
   *
   * @param name after which node and result are named.
   * @returns the result's name, such as "/layer1.0.conv1" or "/relu_1": with a slash, as no constant has one.
   */
  node(op: string, inputs: readonly string[], attributes?: AttributeValues, name?: string): string;
  /** Adds a node whose result is one of the graph's. @returns its name. */
  result(name: string, op: string, inputs: readonly string[]): string;
  /** Adds a constant; one of the same name is made once. @returns its name. */
  floats(name: string, dims: readonly number[], values: Float32Array): string;
  ints(values: readonly number[]): string;
  /** A single number. */
  scalar(value: number): string;
  readonly made: { readonly node: readonly NodeMessage[]; readonly initializer: readonly TensorMessage[] };
}

/**
 * @param taken names of the graph's inputs and results.
 * @param options.float16 whether matrices and filters are stored as float16, each with a node that makes it
 * float32 again, which onnxruntime runs once, when it loads the file.
 */
export function createGraphBuilder(
  taken: readonly string[],
  { float16 }: { readonly float16: boolean },
): GraphBuilder {
  const node: NodeMessage[] = [];
  const initializer = new Map<string, TensorMessage>();
  const counts = new Map<string, number>();

  const fresh = (base: string): string => {
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    return count === 0 ? `/${base}` : `/${base}_${count}`;
  };
  const add = (op: string, inputs: readonly string[], attributes: AttributeValues, result: string) => {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeMessage(name, value));
    node.push({ name: result, op_type: op, input: inputs, output: [result], attribute });
    return result;
  };
  const constant = (
    name: string,
    type: number,
    dims: readonly number[],
    values: BigInt64Array | Float32Array | Uint16Array,
  ) => {
    const own = taken.includes(name) ? `${name}.parameter` : name;
    const raw_data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    if (!initializer.has(own)) initializer.set(own, { name: own, data_type: type, dims, raw_data });
    return own;
  };
  const asFloat32 = new Map<string, string>();
  const halves = (name: string, dims: readonly number[], values: Float32Array): string => {
    const stored = constant(name, ONNX_TYPE.float16, dims, float16Of(values));
    const made = asFloat32.get(stored) ?? add("Cast", [stored], { to: ONNX_TYPE.float32 }, fresh(stored));
    asFloat32.set(stored, made);
    return made;
  };
  return {
    node: (op, inputs, attributes = {}, name = op.toLowerCase()) => add(op, inputs, attributes, fresh(name)),
    result: (name, op, inputs) => add(op, inputs, {}, name),
    floats: (name, dims, values) =>
      float16 && isHalved(dims)
        ? halves(name, dims, values)
        : constant(name, ONNX_TYPE.float32, dims, values),
    ints(values) {
      const name = `ints_${values.join("_")}`;
      return constant(name, ONNX_TYPE.int64, [values.length], BigInt64Array.from(values, BigInt));
    },
    scalar: (value) => constant(`float_${value}`, ONNX_TYPE.float32, [], Float32Array.of(value)),
    get made() {
      return { node, initializer: [...initializer.values()] };
    },
  };
}

function attributeMessage(name: string, value: AttributeValue): AttributeMessage {
  if (typeof value === "string") return { name, type: ATTRIBUTE.text, s: Buffer.from(value) };
  if (typeof value === "number") return { name, type: ATTRIBUTE.int, i: value };
  if ("float" in value) return { name, type: ATTRIBUTE.float, f: value.float };
  return { name, type: ATTRIBUTE.ints, ints: value };
}
