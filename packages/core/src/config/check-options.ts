import { Ajv, type JSONSchemaType } from "ajv";

import { type Problem, problemsOf } from "./problems.ts";

const ajv = new Ajv({ allErrors: true, strict: true, useDefaults: true, verbose: true });

/**
 * Checks a value against a schema and fills in defaults. The input is not changed.
 *
 * @param at path of the value in the config.
 * @returns a frozen copy with every default filled in, or the problems that were found.
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

/** Freezes plain data and everything inside it. */
function deepFreeze<T extends object>(value: T): Readonly<T> {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner as object);
  }
  return Object.freeze(value);
}
