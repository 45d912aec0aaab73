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
  return validate(value)
    ? { value: Object.freeze(value) }
    : { problems: problemsOf(validate.errors ?? [], at) };
}
