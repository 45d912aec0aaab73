import { Ajv, type JSONSchemaType, type ValidateFunction } from "ajv";

import { schemaUnusable } from "../messages/config.ts";
import { type Problem, problemsOf } from "./problems.ts";

const ajv = new Ajv({
  ...{ allErrors: true, strict: true, useDefaults: true, verbose: true },
  allowUnionTypes: true, // one number, or a list of them
});

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
  const validate = compiled(schema);
  if (validate instanceof Error) return { problems: [{ path: at, text: schemaUnusable(validate) }] };
  return validate(value) ? { value: deepFreeze(value) } : { problems: problemsOf(validate.errors ?? [], at) };
}

/** Ajv's own words where a plugin's schema is none that it takes. */
function compiled<T extends object>(schema: JSONSchemaType<T>): ValidateFunction<T> | Error {
  try {
    return ajv.compile(schema);
  } catch (error) {
    return error as Error;
  }
}

/** Freezes plain data and everything inside it. */
function deepFreeze<T extends object>(value: T): Readonly<T> {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner as object);
  }
  return Object.freeze(value);
}
