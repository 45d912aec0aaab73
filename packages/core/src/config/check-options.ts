import { Ajv, type JSONSchemaType } from "ajv";

import { type Problem, problemsOf } from "./problems.ts";

const ajv = new Ajv({ allErrors: true, strict: true, useDefaults: true, verbose: true });

/**
 * Checks a value against a schema and fills in defaults. The input is not touched.
 *
 * @param at where the value stands in the user's file.
 * @returns a frozen copy with every default filled in, or what is wrong with it.
 */
export function checkOptions<T extends object>(
  schema: JSONSchemaType<T>,
  input: unknown,
  at: string,
): { readonly value: Readonly<T>; readonly problems?: never } | { readonly problems: readonly Problem[] } {
  const value: unknown = structuredClone(input ?? {});
  const validate = ajv.compile(schema);
  return validate(value) ? { value: deepFreeze(value) } : { problems: problemsOf(validate.errors ?? [], at) };
}

/** Freezes plain data, all the way down. */
function deepFreeze<T extends object>(value: T): Readonly<T> {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner as object);
  }
  return Object.freeze(value);
}
