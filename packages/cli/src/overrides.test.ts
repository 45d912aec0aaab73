import { clsa } from "@tssl/plugin-clsa";
import { expect, test } from "vitest";

import { applyOverrides, environmentOverrides, setBy } from "./overrides.ts";

const content = { plugins: [{ use: "moco" }, { use: { name: "clsa" }, beta: 1 }, { use: "./term.ts" }] };

test("overrides reach into a list by number and by the name after use", () => {
  const overrides = ["plugins.clsa.beta=0.5", "plugins[0].dim=64", "plugins.2.weight=3"];
  const { plugins } = applyOverrides(content, overrides.map(setBy));
  expect(plugins).toEqual([
    { use: "moco", dim: 64 },
    { use: { name: "clsa" }, beta: 0.5 },
    { use: "./term.ts", weight: 3 },
  ]);
  expect(content.plugins[0]).toEqual({ use: "moco" });
});

test("overrides leave a plugin that the config holds itself as it is", () => {
  const { plugins } = applyOverrides({ plugins: [{ use: clsa, beta: 1 }] }, [setBy("plugins.clsa.beta=0.5")]);
  const [item] = plugins as readonly { use: unknown; beta: number }[];
  expect(item!.beta).toBe(0.5);
  expect(item!.use).toBe(clsa);
});

test("missing sections are added, and null is filled", () => {
  expect(applyOverrides({ data: null }, ["data.train=./x", "engine.threads=2"].map(setBy))).toEqual({
    data: { train: "./x" },
    engine: { threads: 2 },
  });
});

test("a name that is not in the list is refused", () => {
  const data = { path: "plugins.cls.beta", item: "cls", items: ["moco", "clsa", "./term.ts"] };
  expect(() => applyOverrides(content, [setBy("plugins.cls.beta=1")])).toThrow(
    expect.objectContaining({ code: "USAGE", data }),
  );
});

test("TSSL_SET holds overrides between semicolons", () => {
  expect(environmentOverrides("optimizer.lr=0.1; data.mean=[0, 0, 0];")).toEqual([
    { by: "TSSL_SET", text: "optimizer.lr=0.1" },
    { by: "TSSL_SET", text: "data.mean=[0, 0, 0]" },
  ]);
  expect(environmentOverrides("")).toEqual([]);
  const data = { option: "TSSL_SET", got: "optimizer.lr" };
  expect(() => environmentOverrides("optimizer.lr")).toThrow(
    expect.objectContaining({ code: "USAGE", data }),
  );
});
