import { expect, test } from "vitest";

import { applyOverrides } from "./read-run-config.ts";

const content = { plugins: [{ use: "moco" }, { use: { name: "clsa" }, beta: 1 }, { use: "./term.ts" }] };

test("overrides reach into a list by number and by the name that stands after use", () => {
  const { plugins } = applyOverrides(content, [
    "plugins.clsa.beta=0.5",
    "plugins[0].dim=64",
    "plugins.2.weight=3",
  ]);
  expect(plugins).toEqual([
    { use: "moco", dim: 64 },
    { use: { name: "clsa" }, beta: 0.5 },
    { use: "./term.ts", weight: 3 },
  ]);
  expect(content.plugins[0]).toEqual({ use: "moco" });
});

test("a name that is not in the list is refused", () => {
  expect(() => applyOverrides(content, ["plugins.cls.beta=1"])).toThrow(
    'plugins.cls.beta: there is no "cls" in the list; it has moco, clsa, ./term.ts.',
  );
});
