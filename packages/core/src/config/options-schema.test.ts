import { expect, it } from "vitest";

import { allowedValues, type OptionSchema } from "./options-schema.ts";

it.each<[OptionSchema, string]>([
  [{ type: "number", exclusiveMinimum: 0 }, "number > 0"],
  [{ type: "number", minimum: 0, exclusiveMaximum: 1 }, "number >= 0 and < 1"],
  [{ type: "number", exclusiveMinimum: 0, maximum: 1 }, "number > 0 and <= 1"],
  [{ type: "integer", minimum: 0, maximum: 8 }, "whole number 0 … 8"],
  [{ type: "integer", minimum: 1, nullable: true }, "whole number >= 1, or null"],
  [{ type: "string" }, "text"],
  [{ type: "boolean" }, "true or false"],
  [{ type: "string", enum: ["mlp", "linear"] }, 'one of "mlp", "linear"'],
  [{ type: "integer", enum: [2, 3, null], nullable: true }, "one of 2, 3, or null"],
  [{ type: "array", items: { type: "integer", minimum: 8 } }, "list of whole numbers, each >= 8"],
  [
    { type: "array", items: [{ type: "number" }, { type: "number" }], minItems: 2, maxItems: 2 },
    "list of 2 numbers",
  ],
  [
    {
      type: ["integer", "array"],
      minimum: 8,
      items: { type: "integer", minimum: 8 },
      minItems: 2,
      maxItems: 2,
    },
    "whole number >= 8, or list of 2 whole numbers, each >= 8",
  ],
  [{}, "value"],
])("%j allows %s", (schema, words) => {
  expect(allowedValues(schema)).toBe(words);
});
