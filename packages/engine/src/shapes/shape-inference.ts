import { nameOfType } from "../compile/data-types.ts";
import { endOf, valueEdges } from "../compile/edge.ts";
import type { AttributeMessage, NodeMessage } from "../compile/graph-messages.ts";
import type { EngineError } from "../errors.ts";
import { inputsDoNotFit } from "../messages/computing.ts";
import { opNotRecordable } from "../messages/not-traceable.ts";
import { attributeReaders, checkAttributes } from "./attributes.ts";
import { type KnownNumbers, knownNumbers } from "./known-numbers.ts";
import type { OpCall } from "./op-call.ts";
import { type Rule, RULES } from "./rules.ts";
import type { Shape } from "./shape.ts";
import type { Argument } from "./signature.ts";

/** Type and shape of a result, known before the op runs. */
export interface InferredValue {
  readonly dtype: string;
  /** Undefined if it depends on values. */
  readonly shape: Shape | undefined;
}

/** Types and shapes of results, inferred without running an op, and without TensorFlow. */
export interface ShapeInference {
  /**
   * Adds an op and returns types and shapes of its results. The ops of its inputs must have been added
   * before; inputs that only say what runs before the op are ignored.
   *
   * @throws {EngineError} COMPUTE_FAILED if its inputs or attributes do not fit together; NOT_TRACEABLE for
   * an op without a rule.
   */
  add(node: NodeMessage): readonly InferredValue[];
}

/** What is known of the results of a node. */
interface Inferred {
  readonly values: readonly InferredValue[];
  /** Of the first result. */
  readonly numbers: KnownNumbers;
}

/** Thrown by a rule's question for numbers that are not known, and caught around it. */
const UNKNOWN = new Error("numbers that are not known");

/**
 * Begins the inference for one graph.
 *
 * The rules are TensorFlow's: what it would refuse, they refuse, and otherwise results have its shapes.
 *
 * @example
 * ```ts
 * import { placeholder } from "../compile/session-state.ts";
 *
 * const inference = shapeInference();
 * inference.add(placeholder("x", "float32", [2, 3]));
 * const node = { name: "y", op: "Shape", input: ["x"], attr: { T: { type: 1 } } };
 * inference.add(node); // => [{ dtype: "int32", shape: [2] }]
 * ```
 */
export function shapeInference(): ShapeInference {
  const known = new Map<string, Inferred>();
  return {
    add(node) {
      const inferred = inferNode(node, known);
      known.set(node.name, inferred);
      return inferred.values;
    },
  };
}

function inferNode(node: NodeMessage, known: ReadonlyMap<string, Inferred>): Inferred {
  const { op, attr } = node;
  if (op === "Placeholder") return { values: [placeholderValue(attr)], numbers: () => undefined };
  if (op === "Const") return constant(node);
  const rule = RULES.get(op);
  if (rule === undefined) throw opNotRecordable(op, undefined);

  const edges = valueEdges(node.input).map(endOf);
  const given = edges.map(({ node: from, output }) => known.get(from)!.values[output]!);
  const shapes = given.map(({ shape }) => shape!);
  const misfit = (sentence: string): EngineError => inputsDoNotFit(op, shapes, sentence);
  checkAttributes(op, rule, attr, misfit);
  checkTypes(op, rule, attr, given, misfit);

  const inputs = edges.map(({ node: from, output }): KnownNumbers =>
    output === 0 ? known.get(from)!.numbers : () => undefined,
  );
  const readers = attributeReaders(rule, attr);
  const count = resultCount(rule, attr);
  const numbers = (input: number) => {
    const found = inputs[input]!();
    if (found === undefined) throw UNKNOWN;
    return found;
  };
  const call: OpCall = {
    shapes,
    count,
    ...readers,
    numbers,
    knows: (input) => inputs[input]!() !== undefined,
    misfit,
  };
  const types = rule.outputs.flatMap((argument) => {
    const type = argument.typeAttribute === undefined ? argument.type! : readers.type(argument.typeAttribute);
    return argument.countAttribute === undefined ? [type] : Array.from({ length: count }, () => type);
  });
  const results = shapesOf(rule, call);
  const values = types.map((dtype, i): InferredValue => {
    const shape = results?.[i];
    return { dtype, shape: shape === "open" ? undefined : shape };
  });
  const [first] = values;
  if (first?.shape === undefined) return { values, numbers: () => undefined };
  return { values, numbers: knownNumbers({ node, inputs, inputShapes: shapes, shape: first.shape }) };
}

/** Undefined if they depend on numbers that are not known. */
function shapesOf(rule: Rule, call: OpCall): ReturnType<Rule["shapes"]> | undefined {
  try {
    return rule.shapes(call);
  } catch (error) {
    if (error === UNKNOWN) return undefined;
    throw error;
  }
}

type Attributes = Readonly<Record<string, AttributeMessage>>;

function placeholderValue(attr: Attributes): InferredValue {
  return {
    dtype: nameOfType(attr["dtype"]!.type!),
    shape: attr["shape"]!.shape!.dim.map(({ size }) => size),
  };
}

function constant(node: NodeMessage): Inferred {
  const { dtype, tensor_shape } = node.attr["value"]!.tensor!;
  const shape = tensor_shape.dim.map(({ size }) => size);
  return {
    values: [{ dtype: nameOfType(dtype), shape }],
    numbers: knownNumbers({ node, inputs: [], inputShapes: [], shape }),
  };
}

/** Number of results of an op with a list of them. */
function resultCount({ outputs }: Rule, attr: Attributes): number {
  const [list] = outputs;
  return list?.countAttribute === undefined ? 0 : (attr[list.countAttribute]?.i ?? 0);
}

/** Checks number and types of the inputs, and the types that attributes name. */
function checkTypes(
  op: string,
  rule: Rule,
  attr: Attributes,
  given: readonly InferredValue[],
  misfit: (sentence: string) => EngineError,
): void {
  const single = rule.inputs.filter(({ countAttribute }) => countAttribute === undefined).length;
  const hasList = single < rule.inputs.length;
  if (hasList ? given.length < single : given.length !== single) {
    throw misfit(`${op} takes ${single} inputs, but got ${given.length}`);
  }
  for (const [name, allowed] of rule.types) {
    const type = attr[name]?.type;
    if (type !== undefined && !allowed.includes(nameOfType(type))) {
      throw misfit(
        `Value for attr '${name}' of ${nameOfType(type)} is not in the list of allowed values: ` +
          allowed.join(", "),
      );
    }
  }
  let place = 0;
  for (const argument of rule.inputs) {
    const length = argument.countAttribute === undefined ? 1 : given.length - single;
    checkCount(argument, attr, length, misfit);
    const type = argument.typeAttribute === undefined ? argument.type : attr[argument.typeAttribute]?.type;
    const wanted = typeof type === "number" ? nameOfType(type) : type;
    for (const { dtype } of given.slice(place, place + length)) {
      if (wanted !== undefined && dtype !== wanted) {
        throw misfit(`Input ${place} has the type ${dtype}, but must have the type ${wanted}`);
      }
      place++;
    }
  }
}

function checkCount(
  { countAttribute }: Argument,
  attr: Attributes,
  length: number,
  misfit: (sentence: string) => EngineError,
): void {
  if (countAttribute === undefined) return;
  const said = attr[countAttribute]?.i;
  if (length === 0 || (said !== undefined && said !== length)) {
    throw misfit(`The list of inputs has ${length} tensors, but must have ${said ?? "one or more"}`);
  }
}
