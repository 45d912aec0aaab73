/** The subset of JSON Schema in which options are described. */
export interface OptionSchema {
  /** One type, or several that an option may have. */
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Schema of every item of a list, or one schema for each item. */
  readonly items?: OptionSchema | readonly OptionSchema[];
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
}

/**
 * The allowed values of an option in words: "number > 0", "one of "mlp", "linear"", "list of 3 numbers, each
 * 0 … 1", "whole number >= 1, or null".
 */
export function allowedValues(schema: OptionSchema): string {
  const rule =
    schema.enum === undefined
      ? [schema.type ?? ""]
          .flat()
          .map((type) => ruleOf({ ...schema, type }))
          .join(", or ")
      : oneOf(schema.enum);
  return schema.nullable === true ? `${rule}, or null` : rule;
}

/** What values of one type may be. */
const ruleOf = (schema: OptionSchema & { readonly type: string }): string =>
  `${typeName(schema, 1)}${schema.type === "array" ? "" : rangeOf(schema)}`;

const oneOf = (values: readonly unknown[]): string =>
  `one of ${values
    .filter((value) => value !== null)
    .map((value) => JSON.stringify(value))
    .join(", ")}`;

const NAMES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  number: ["number", "numbers"],
  integer: ["whole number", "whole numbers"],
  string: ["text", "texts"],
  boolean: ["true or false", "true or false"],
  object: ["section", "sections"],
};

function typeName(schema: OptionSchema, count: 1 | 2): string {
  const { type, items, minItems, maxItems } = schema;
  if (type !== "array") return NAMES[String(type ?? "")]?.[count - 1] ?? "value";
  const item = isList(items) ? items[0] : items;
  const length = minItems !== undefined && minItems === maxItems ? `${minItems} ` : "";
  if (item === undefined) return "list";
  const range = rangeOf(item);
  return `list of ${length}${typeName(item, 2)}${range === "" ? "" : `, each${range}`}`;
}

export const isList = (items: OptionSchema["items"]): items is readonly OptionSchema[] =>
  Array.isArray(items);

/** " > 0", " 0 … 1", " >= 0 and < 1", or nothing. */
function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: OptionSchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` ${minimum} … ${maximum}`;
  const bounds = [
    ...(minimum === undefined ? [] : [`>= ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`> ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`<= ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`< ${exclusiveMaximum}`]),
  ];
  return bounds.length === 0 ? "" : ` ${bounds.join(" and ")}`;
}

/**
 * The schema of an option that is a whole number.
 *
 * @example
 * ```ts
 * wholeNumber(1, 8); // => { type: "integer", minimum: 1, maximum: 8 }
 * ```
 */
export const wholeNumber = (minimum: number, maximum: number) =>
  ({ type: "integer", minimum, maximum }) as const;
