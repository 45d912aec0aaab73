import { beforeAll, expect, it } from "vitest";

import { nameOfType } from "../compile/data-types.ts";
import type { AttributeMessage } from "../compile/graph-messages.ts";
import { startEngine } from "../start.ts";
import { RULES } from "./rules.ts";
import type { Argument, AttributeRule } from "./signature.ts";
import {
  type AttributeDefinition,
  opDefinitions,
  type OpDefinition,
} from "../testing/tensorflow-inference.ts";

const KINDS: Readonly<Record<string, AttributeRule["kind"]>> = {
  bool: "bool",
  int: "int",
  "list(int)": "ints",
  float: "float",
  string: "text",
  shape: "shape",
};
/** The types that tfjs's tensors, bytes and 16-bit numbers have in a graph. */
const TYPES = ["float32", "int32", "uint8", "int64", "bool", "bfloat16"];

beforeAll(() => startEngine({ device: "cpu" }));

it.each([...RULES])("the signature of %s is TensorFlow's", (op, rule) => {
  const definition = opDefinitions().get(op)!;
  expect(rule.inputs.map(flow)).toEqual(definition.input_arg.map(flowOf));
  expect(rule.outputs.map(flow)).toEqual(definition.output_arg.map(flowOf));
  const named = new Set(
    [...definition.input_arg, ...definition.output_arg].flatMap((each) => [each.type_attr, each.number_attr]),
  );
  const own = definition.attr.filter(({ name }) => !named.has(name));
  expect([...rule.attributes.keys()].sort()).toEqual(own.map(({ name }) => name).sort());
  for (const attribute of own)
    expect([attribute.name, rule.attributes.get(attribute.name)]).toEqual(attributeOf(attribute));
  for (const attribute of definition.attr.filter(({ name, type }) => named.has(name) && type === "type")) {
    expect([attribute.name, new Set(rule.types.get(attribute.name) ?? TYPES)]).toEqual(allowedOf(attribute));
  }
  for (const { typeAttribute, type } of rule.outputs) {
    if (typeAttribute === undefined || type === undefined) continue;
    const fallback = definition.attr.find(({ name }) => name === typeAttribute)!.default_value!;
    expect([typeAttribute, type]).toEqual([typeAttribute, nameOfType(fallback.type!)]);
  }
});

/** Type and number of an argument, without the default of its type. */
const flow = ({ typeAttribute, type, countAttribute }: Argument) => [
  typeAttribute ?? type,
  countAttribute ?? "",
];

const flowOf = ({ type, type_attr = "", number_attr = "" }: OpDefinition["input_arg"][number]) => [
  type_attr === "" ? nameOfType(type) : type_attr,
  number_attr,
];

function allowedOf({ name, allowed_values }: AttributeDefinition) {
  const allowed = allowed_values?.list?.type?.map(nameOfType) ?? TYPES;
  return [name, new Set(allowed.filter((type) => TYPES.includes(type)))];
}

function attributeOf({ name, type, default_value, allowed_values }: AttributeDefinition) {
  const kind = KINDS[type]!;
  const choices = allowed_values?.list?.s?.map((each) => Buffer.from(each).toString());
  return [
    name,
    {
      kind,
      ...(choices === undefined ? {} : { choices: expect.toSatisfy(isSameSet(choices)) as string[] }),
      ...(default_value === undefined ? {} : { fallback: fallbackOf(kind, default_value) }),
    },
  ];
}

const isSameSet = (wanted: readonly string[]) => (found: readonly string[]) =>
  found.length === wanted.length && wanted.every((each) => found.includes(each));

function fallbackOf(kind: AttributeRule["kind"], { b, i, f, s, list }: AttributeMessage): unknown {
  switch (kind) {
    case "bool":
      return b;
    case "int":
      return i;
    case "ints":
      return list!.i;
    case "float":
      return expect.closeTo(f!, 7);
    default:
      return Buffer.from(s!).toString();
  }
}
