import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { DataValidationCxt } from "ajv/dist/types/index.js";

/**
 * What JSON must be to be a T. A shape is made of smaller ones, so that schema and type are said once:
 * `const point: Shape<Point> = object({ x: number, y: number })` does not compile where they differ.
 *
 * Keys that a shape does not name are let through: files of later versions may have more of them.
 */
export interface Shape<T> {
  readonly schema: Readonly<Record<string, unknown>>;
  /** Never there: it carries the type. */
  readonly type?: T;
}

export type TypeOf<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;
type Values<F extends Fields> = { readonly [Name in keyof F]: TypeOf<F[Name]> };

export const text: Shape<string> = { schema: { type: "string" } };
export const trueOrFalse: Shape<boolean> = { schema: { type: "boolean" } };
export const anything: Shape<unknown> = { schema: {} };

/** Bounds of numbers, both included. */
interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

export const number = (bounds: Bounds = {}): Shape<number> => ({ schema: { type: "number", ...bounds } });
export const whole = (minimum = 0): Shape<number> => ({ schema: { type: "integer", minimum } });
/** 0 .. 1 */
export const share: Shape<number> = number({ minimum: 0, maximum: 1 });

/**
 * A number that may be NaN or infinite where it was written. JSON has null for all three; it is read as NaN.
 */
export const numberOrNaN: Shape<number> = { schema: { type: ["number", "null"], nullIsNaN: true } };

export const textOrNumber: Shape<string | number> = { schema: { type: ["string", "number"] } };

/** A moment as `toISOString` writes it. */
export const moment: Shape<string> = { schema: { type: "string", format: "moment" } };

export const oneOf = <const Word extends string>(...words: readonly Word[]): Shape<Word> => ({
  schema: { type: "string", enum: words },
});

export const exactly = <const Value extends number | string>(value: Value): Shape<Value> => ({
  schema: { type: typeof value, const: value },
});

/** @param shape a text, a number, a list or an object; no choice of words. */
export const nullable = <T>({ schema }: Shape<T>): Shape<T | null> => ({
  schema: { ...schema, nullable: true },
});

export const either = <A, B>(one: Shape<A>, other: Shape<B>): Shape<A | B> => ({
  schema: { anyOf: [one.schema, other.schema] },
});

/** What is of two shapes at once. */
export const both = <A, B>(one: Shape<A>, other: Shape<B>): Shape<A & B> => ({
  schema: { allOf: [one.schema, other.schema] },
});

export const listOf = <T>(item: Shape<T>, { atLeast = 0 } = {}): Shape<readonly T[]> => ({
  schema: { type: "array", items: item.schema, minItems: atLeast },
});

/** @param most keys that it may have; default: any number. */
export const recordOf = <T>(
  value: Shape<T>,
  { most }: { readonly most?: number } = {},
): Shape<Readonly<Record<string, T>>> => ({
  schema: {
    type: "object",
    additionalProperties: value.schema,
    ...(most === undefined ? {} : { maxProperties: most }),
  },
});

/**
 * An object with these keys.
 *
 * @param optional keys that may be absent.
 */
export const object = <const Required extends Fields, const Optional extends Fields | undefined = undefined>(
  required: Required,
  optional?: Optional,
): Shape<Values<Required> & (Optional extends Fields ? Partial<Values<Optional>> : unknown)> => ({
  schema: {
    type: "object",
    required: Object.keys(required),
    properties: schemasOf({ ...required, ...optional }),
  },
});

const schemasOf = (fields: Fields): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]));

const ajv = new Ajv({ strict: true, allowUnionTypes: true, verbose: true });
ajv.addFormat(
  "moment",
  (written: string) => /^\d{4}-\d\d-\d\dT/.test(written) && !isNaN(Date.parse(written)),
);
ajv.addKeyword({
  keyword: "nullIsNaN",
  modifying: true,
  errors: false,
  validate: (_schema: unknown, data: unknown, _parent?: unknown, place?: DataValidationCxt) => {
    if (data === null && place !== undefined) {
      const everyday = { writable: true, enumerable: true, configurable: true };
      Object.defineProperty(place.parentData, place.parentDataProperty, { value: NaN, ...everyday });
    }
    return true;
  },
});

/** Shapes are compiled once, when they are first needed. */
const compiled = new WeakMap<Shape<unknown>, ValidateFunction>();

function validatorOf(shape: Shape<unknown>): ValidateFunction {
  const known = compiled.get(shape) ?? ajv.compile(shape.schema);
  compiled.set(shape, known);
  return known;
}

/** Whether a value is of this shape. Null becomes NaN where the shape says so. */
export const fits = <T>(shape: Shape<T>, value: unknown): value is T => validatorOf(shape)(value);

/**
 * What is wrong with a value, such as "history.seconds must be number, got "long"".
 *
 * @param value one that does not fit the shape.
 */
export function misfitText(shape: Shape<unknown>, value: unknown): string {
  const validate = validatorOf(shape);
  validate(value);
  const errors = validate.errors!;
  return errorText(errors.find(({ keyword }) => keyword === "anyOf") ?? errors[0]!);
}

function errorText({ instancePath, message, data, keyword, params }: ErrorObject): string {
  const place = instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (keyword === "required") {
    return `${[...place, String((params as Params)["missingProperty"])].join(".")} is missing`;
  }
  const where = place.length === 0 ? "it" : place.join(".");
  return `${where} ${ruleText(keyword, params as Params, message)}, got ${briefly(data)}`;
}

type Params = Readonly<Record<string, unknown>>;

/** "must be number" */
function ruleText(keyword: string, params: Params, message: string | undefined): string {
  switch (keyword) {
    case "type":
      return `must be ${[params["type"]].flat().join(" or ")}`;
    case "enum":
      return `must be one of ${(params["allowedValues"] as readonly string[]).join(", ")}`;
    case "const":
      return `must be ${JSON.stringify(params["allowedValue"])}`;
    case "format":
      return "must be a moment such as 2026-11-29T07:00:00.000Z";
    case "anyOf":
      return "is of no known kind";
    default:
      return message ?? keyword;
  }
}

/** Longest text of a value that a message shows. */
const LONGEST = 60;

/** A value in a few words: a list or an object may be of any size and depth. */
function briefly(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const shown = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}
