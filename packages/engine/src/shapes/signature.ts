/** A type that an argument or a result may have: `number` in place of float32, int32, … */
const TYPE_SETS = {
  float: ["float32", "bfloat16"],
  signed: ["float32", "int32", "int64", "bfloat16"],
  number: ["float32", "int32", "uint8", "int64", "bfloat16"],
  convolved: ["float32", "int32", "bfloat16"],
  resizable: ["float32", "int32", "uint8", "bfloat16"],
  croppable: ["float32", "int32", "uint8", "int64"],
  countable: ["float32", "int32", "int64"],
  integer: ["int32", "uint8", "int64"],
  index: ["int32", "int64"],
  value: ["float32", "int32", "uint8", "int64", "bool", "bfloat16"],
} as const;

const FIXED_TYPES = ["float32", "int32", "uint8", "int64", "bool", "bfloat16"];

/** One input or result of an op. */
export interface Argument {
  /** The attribute that says its type; undefined where the type is always the same. */
  readonly typeAttribute?: string;
  /** The type where it is always the same, or the default of its attribute. */
  readonly type?: string;
  /** The attribute that says how many tensors this is; undefined for one tensor. */
  readonly countAttribute?: string;
}

export type AttributeKind = "bool" | "int" | "ints" | "float" | "text" | "type" | "shape";

/** An attribute that is not a type or a count of arguments. */
export interface AttributeRule {
  readonly kind: AttributeKind;
  /** Undefined where the attribute must be given. */
  readonly fallback?: boolean | number | string | readonly number[];
  /** The texts that it may be; undefined for any. */
  readonly choices?: readonly string[];
}

/** What TensorFlow's definition of an op says of its inputs, results and attributes. */
export interface Signature {
  readonly inputs: readonly Argument[];
  readonly outputs: readonly Argument[];
  /** The types that an attribute of a type may be; attributes that may be any type are left out. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  readonly attributes: ReadonlyMap<string, AttributeRule>;
}

/**
 * Reads a signature: inputs, results and attributes.
 *
 *     N*T:number, Tidx:index -> T; axis:int=0 padding:text{SAME|VALID}
 *
 * Before ";" stands the type of each input and result: "float32", or the name of the attribute that tells it,
 * with the set of types that it may be. `N*` before it makes a list of N tensors. `=` stands before defaults.
 */
export function parseSignature(text: string): Signature {
  const [flow, rest = ""] = text.split("; ");
  const [inputs, outputs] = flow!.split("->").map((side) => side.trim());
  const types = new Map<string, readonly string[]>();
  const argumentsOf = (side: string): readonly Argument[] =>
    side === "" ? [] : side.split(", ").map((each) => parseArgument(each, types));
  return {
    inputs: argumentsOf(inputs!),
    outputs: argumentsOf(outputs!),
    types,
    attributes: new Map(rest === "" ? [] : rest.split(" ").map(parseAttribute)),
  };
}

function parseArgument(text: string, types: Map<string, readonly string[]>): Argument {
  const [, count, name, set, fallback] = /^(?:(\w+)\*)?(\w+)(?::(\w+))?(?:=(\w+))?$/.exec(text)!;
  const list = count === undefined ? {} : { countAttribute: count };
  if (FIXED_TYPES.includes(name!)) return { type: name!, ...list };
  if (set !== undefined)
    types.set(name!, set in TYPE_SETS ? TYPE_SETS[set as keyof typeof TYPE_SETS] : [set]);
  return { typeAttribute: name!, ...(fallback === undefined ? {} : { type: fallback }), ...list };
}

function parseAttribute(text: string): [string, AttributeRule] {
  const [, name, kind, choices, fallback] = /^(\w+):(\w+)(?:\{(.+)\})?(?:=(.*))?$/.exec(text)!;
  return [
    name!,
    {
      kind: kind as AttributeKind,
      ...(choices === undefined ? {} : { choices: choices.split("|") }),
      ...(fallback === undefined ? {} : { fallback: parseFallback(kind as AttributeKind, fallback) }),
    },
  ];
}

function parseFallback(kind: AttributeKind, text: string): boolean | number | string | readonly number[] {
  if (kind === "text") return text;
  return JSON.parse(text) as boolean | number | readonly number[];
}
