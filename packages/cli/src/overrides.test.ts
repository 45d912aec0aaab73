import { clsa } from "@tssl/plugin-clsa";
import path from "node:path";

import { expect, test } from "vitest";

import { applyOverrides, environmentOverrides, setBy, useOf } from "./overrides.ts";

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
    data: { train: path.resolve("x") },
    engine: { threads: 2 },
  });
});

test("another `use` drops the options of the one before, but for those that were set", () => {
  const config = {
    encoder: { use: "resnet18", stem: "cifar", recompute: true },
    plugins: [{ use: "simclr", dim: 8 }],
    optimizer: { use: "sgd", lr: 0.1, nesterov: true },
  };
  const set = (...texts: string[]) => applyOverrides(config, texts.map(setBy));
  expect(set("encoder.use=resnet20")["encoder"]).toEqual({ use: "resnet20" });
  expect(set("encoder.use=resnet18")["encoder"]).toEqual(config.encoder);
  expect(set("plugins.simclr.use=byol")["plugins"]).toEqual([{ use: "byol" }]);
  const lars = { use: "lars", lr: 0.3 };
  expect(set("optimizer.lr=0.3", "optimizer.use=lars")["optimizer"]).toEqual(lars);
  expect(set("optimizer.use=lars", "optimizer.lr=0.3")["optimizer"]).toEqual(lars);
  expect(set("encoder.use=resnet20", "encoder.use=resnet50")["encoder"]).toEqual({ use: "resnet50" });
});

test("paths count from the folder where they are typed", () => {
  const folder = "/home/ada/lab";
  const set = (text: string) => applyOverrides(content, [setBy(text)], { folder });
  expect(set("data.test=../own/test")).toMatchObject({ data: { test: "/home/ada/own/test" } });
  expect(set("data={ train: a, test: b }")).toMatchObject({
    data: { train: `${folder}/a`, test: `${folder}/b` },
  });
  expect(set("data.train=https://host/a.tar")).toMatchObject({ data: { train: "https://host/a.tar" } });
  expect(set("data.test=null")).toMatchObject({ data: { test: null } });
  expect(set("plugins.1.use=./term.ts")).toMatchObject({ plugins: [{}, { use: `${folder}/term.ts` }, {}] });
  expect(set("plugins=[{ use: ./term.ts }]")).toMatchObject({ plugins: [{ use: `${folder}/term.ts` }] });
  expect(set("encoder={ use: ./vit.ts }")).toMatchObject({ encoder: { use: `${folder}/vit.ts` } });
  expect(set("encoder.use=resnet20")).toMatchObject({ encoder: { use: "resnet20" } });
});

test("a plugin of a file or package is found by its own name", () => {
  const ownName = (item: unknown) => (useOf(item) === "./term.ts" ? "length" : undefined);
  const { plugins } = applyOverrides(content, [setBy("plugins.length.weight=3")], { ownName });
  expect(plugins).toMatchObject([{}, {}, { use: "./term.ts", weight: 3 }]);
});

test("a name that is not in the list is refused", () => {
  const data = { path: "plugins.cls.beta", item: "cls", items: ["moco", "clsa", "./term.ts"] };
  expect(() => applyOverrides(content, [setBy("plugins.cls.beta=1")])).toThrow(
    expect.objectContaining({ code: "USAGE", data }),
  );
});

test.each([
  ["epochs=[", '--set "epochs=[" cannot be read: Flow sequence must end with a ] at line 1, column 2.'],
  ["seed=9007199254740993", '--set "seed=9007199254740993" cannot be read: 9007199254740993 is beyond 9,007,199,254,740,991, up to which whole numbers are exact.'],
  ["plugins.99999999=5", "A list of the config has 3 items, so that a place in it is 0 to 3, where 3 adds one; got 99999999."],
  [`${"a.".repeat(20_000)}a=1`, "--set must name an option by at most 20 keys, got 20001."],
  [`a=${"[".repeat(20_000)}`, `--set "a=${"[".repeat(197)}… cannot be read: lists and sections lie in each other at more than 100 levels.`],
])("%.40s is refused", (text, message) => {
  expect(() => applyOverrides(content, [setBy(text)])).toThrow(expect.objectContaining({ code: "USAGE", message }) as Error);
}); // prettier-ignore

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
