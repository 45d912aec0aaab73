import { Ajv } from "ajv";

/**
 * Where a JSON Schema refuses a value, and by which rule: "/plugins/0 additionalProperties". Nothing where it
 * accepts it.
 */
export function schemaRefusals(schema: object): (value: unknown) => readonly string[] {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  const branches = new Set(["if", "anyOf"]); // what they hold says what is wrong
  return (value) => {
    validate(value);
    return (validate.errors ?? [])
      .filter(({ keyword }) => !branches.has(keyword))
      .map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
  };
}
