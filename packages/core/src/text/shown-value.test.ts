import { expect, it } from "vitest";

import { shownValue } from "./shown-value.ts";

it.each<[unknown, string]>([
  [NaN, ".nan"],
  [Infinity, ".inf"],
  [-Infinity, "-.inf"],
  [1e300, "1e+300"],
  ["a\u001bb", '"a\\u001bb"'],
  [undefined, "undefined"],
  [null, "null"],
  [{ lr: [NaN, { use: "sgd" }] }, '{"lr":[.nan,{"use":"sgd"}]}'],
  [[[[[[[[[[1]]]]]]]]], "[[[[[[[[…]]]]]]]]"],
])("shows %j", (value, text) => {
  expect(shownValue(value)).toBe(text);
});

it("shows the beginning of what is long, and of what holds itself", () => {
  expect(shownValue("x".repeat(2 ** 20))).toBe(`"${"x".repeat(199)}…`);
  const self: Record<string, unknown> = {};
  self["self"] = self;
  expect(shownValue(self)).toMatch(/^\{"self":\{"self":.*…\}+$/);
});
