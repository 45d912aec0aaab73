import { nameOfType } from "../compile/data-types.ts";
import { type AttributeMessage, attributeText } from "../compile/graph-messages.ts";
import type { EngineError } from "../errors.ts";
import type { OpCall } from "./op-call.ts";
import type { Rule } from "./rules.ts";
import type { Shape } from "./shape.ts";
import type { AttributeKind, AttributeRule } from "./signature.ts";

type Attributes = Readonly<Record<string, AttributeMessage>>;
type Readers = Pick<OpCall, "bool" | "int" | "ints" | "text" | "type" | "shape">;

const FIELD: Readonly<Record<AttributeKind, keyof AttributeMessage>> = {
  bool: "b",
  int: "i",
  ints: "list",
  float: "f",
  text: "s",
  type: "type",
  shape: "shape",
};

/**
 * Checks the attributes of a call against the op's signature, but for types, which go with the inputs.
 *
 * @param misfit makes the error.
 */
export function checkAttributes(
  op: string,
  rule: Rule,
  attributes: Attributes,
  misfit: (sentence: string) => EngineError,
): void {
  for (const [name, given] of Object.entries(attributes)) {
    if (name.startsWith("_")) continue; // TensorFlow's own remarks
    const declared = declaredKind(rule, name);
    if (declared === undefined) throw misfit(`${op} has no attribute '${name}'`);
    if (given[FIELD[declared.kind]] === undefined) {
      throw misfit(`The attribute '${name}' must be of the kind ${declared.kind}`);
    }
    const text = declared.choices === undefined ? undefined : attributeText(given);
    if (text !== undefined && !declared.choices!.includes(text)) {
      throw misfit(
        `Value for attr '${name}' of "${text}" is not in the list of allowed values: ` +
          declared.choices!.join(", "),
      );
    }
  }
  for (const name of neededAttributes(rule)) {
    if (!(name in attributes)) throw misfit(`${op} needs the attribute '${name}'`);
  }
}

/** The attributes without a default; those that follow from the inputs have been given. */
const neededAttributes = ({ attributes, outputs }: Rule): readonly string[] => [
  ...[...attributes].flatMap(([name, { fallback }]) => (fallback === undefined ? [name] : [])),
  ...outputs.flatMap(({ typeAttribute, type, countAttribute }) => [
    ...(typeAttribute === undefined || type !== undefined ? [] : [typeAttribute]),
    ...(countAttribute === undefined ? [] : [countAttribute]),
  ]),
];

function declaredKind(rule: Rule, name: string): AttributeRule | undefined {
  const declared = rule.attributes.get(name);
  if (declared !== undefined) return declared;
  const places = [...rule.inputs, ...rule.outputs];
  if (places.some(({ typeAttribute }) => typeAttribute === name)) return { kind: "type" };
  if (places.some(({ countAttribute }) => countAttribute === name)) return { kind: "int" };
  return undefined;
}

/** Reads attributes, or their defaults. They have been checked. */
export function attributeReaders({ attributes: declared, outputs }: Rule, given: Attributes): Readers {
  const fallback = (name: string) => declared.get(name)?.fallback;
  return {
    bool: (name) => given[name]?.b ?? (fallback(name) as boolean),
    int: (name) => given[name]?.i ?? (fallback(name) as number),
    ints: (name) =>
      given[name]?.list?.i ?? (given[name] === undefined ? (fallback(name) as readonly number[]) : []),
    text: (name) => (given[name] === undefined ? (fallback(name) as string) : attributeText(given[name])),
    type(name) {
      const type = given[name]?.type;
      if (type !== undefined) return nameOfType(type);
      return outputs.find(({ typeAttribute }) => typeAttribute === name)?.type ?? "type 0";
    },
    shape: (name): Shape => given[name]!.shape!.dim.map(({ size }) => size),
  };
}

/**
 * The attributes that an eager call can leave out and a graph cannot: types of the inputs, and lengths of
 * lists.
 *
 * @param inputTypes TensorFlow's number for the type of each input.
 */
export function inferredAttributes(
  { inputs }: Rule,
  inputTypes: readonly number[],
): Record<string, AttributeMessage> {
  const attributes: Record<string, AttributeMessage> = {};
  const inLists =
    inputTypes.length - inputs.filter(({ countAttribute }) => countAttribute === undefined).length;
  let place = 0;
  for (const { typeAttribute, countAttribute } of inputs) {
    if (typeAttribute !== undefined) attributes[typeAttribute] = { type: inputTypes[place]! };
    if (countAttribute !== undefined) attributes[countAttribute] = { i: inLists };
    place += countAttribute === undefined ? 1 : inLists;
  }
  return attributes;
}
