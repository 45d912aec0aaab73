import { clsa } from "@tssl/plugin-clsa";
import { expect, test } from "vitest";

import { applyOverrides, environmentOverrides } from "./overrides.ts";

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

test("overrides leave a plugin that stands there itself as it is", () => {
  const { plugins } = applyOverrides({ plugins: [{ use: clsa, beta: 1 }] }, ["plugins.clsa.beta=0.5"]);
  const [item] = plugins as readonly { use: unknown; beta: number }[];
  expect(item!.beta).toBe(0.5);
  expect(item!.use).toBe(clsa);
});

test("sections that are missing are made, and one of nothing is filled", () => {
  expect(applyOverrides({ data: null }, ["data.train=./x", "engine.threads=2"])).toEqual({
    data: { train: "./x" },
    engine: { threads: 2 },
  });
});

test("a name that is not in the list is refused", () => {
  expect(() => applyOverrides(content, ["plugins.cls.beta=1"])).toThrow(
    'plugins.cls.beta: there is no "cls" in the list; it has moco, clsa, ./term.ts.',
  );
});

test("TSSL_SET holds overrides between semicolons", () => {
  expect(environmentOverrides("optimizer.lr=0.1; data.mean=[0, 0, 0];")).toEqual([
    "optimizer.lr=0.1",
    "data.mean=[0, 0, 0]",
  ]);
  expect(environmentOverrides("")).toEqual([]);
  expect(() => environmentOverrides("optimizer.lr")).toThrow(
    'TSSL_SET must be path=value, as in optimizer.lr=0.1, got "optimizer.lr".',
  );
});
