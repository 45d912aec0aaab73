import { describe, expect, it } from "vitest";

import { differences, isNamed } from "./differences.ts";

describe("differences", () => {
  const config = {
    epochs: 2,
    data: { train: "/a", mean: [0.5, 0.5, 0.5] },
    plugins: [
      { use: "moco", dim: 8 },
      { use: "clsa", beta: 1 },
    ],
  };
  const found = (change: object) =>
    differences(config, { ...config, ...change }).map(({ path, text }) => `${path} ${text}`);

  it("are none between equals, whatever the order", () => {
    expect(found({})).toEqual([]);
    expect(found({ data: { mean: [0.5, 0.5, 0.5], train: "/a" } })).toEqual([]);
  });

  it("are named by path, old and new value, each", () => {
    expect(found({ epochs: 3, data: { train: "/b", mean: [0, 0.5, 0.5] } })).toEqual([
      "epochs was 2, is 3",
      'data.train was "/a", is "/b"',
      "data.mean was [0.5,0.5,0.5], is [0,0.5,0.5]",
    ]);
    expect(
      found({
        plugins: [
          { use: "moco", dim: 16 },
          { use: "clsa", beta: 1 },
        ],
      }),
    ).toEqual(["plugins.moco.dim was 8, is 16"]);
  });

  it("are whole sections where another thing is used, came or went", () => {
    expect(found({ plugins: [{ use: "moco-v1", dim: 8 }] })).toEqual([
      'plugins.moco-v1 was absent, is {"use":"moco-v1","dim":8}',
      'plugins.moco was {"use":"moco","dim":8}, is absent',
      'plugins.clsa was {"use":"clsa","beta":1}, is absent',
    ]);
    expect(found({ seed: 1 })).toEqual(["seed was absent, is 1"]);
    const sgd = { use: "sgd", lr: 1 };
    expect(differences({ optimizer: sgd }, { optimizer: { ...sgd, use: "lars" } })).toEqual([
      { path: "optimizer", text: 'was {"use":"sgd","lr":1}, is {"use":"lars","lr":1}' },
    ]);
  });

  it("call a plugin by its own name, or by its place where that cannot be part of a path", () => {
    const plugins = [{ use: "moco" }, { use: "./term.ts", weight: 1 }];
    const heavier = { plugins: [{ use: "moco" }, { use: "./term.ts", weight: 2 }] };
    const path = (nameOf?: () => string) => differences({ plugins }, heavier, "", nameOf)[0]!.path;
    expect([path(() => "length"), path()]).toEqual(["plugins.length.weight", "plugins.1.weight"]);
  });

  it("see that plugins are in another order, since their terms are summed in it", () => {
    expect(found({ plugins: [...config.plugins].reverse() })).toEqual([
      "plugins the order was moco, clsa, is clsa, moco",
    ]);
  });
});

describe("isNamed", () => {
  it.each([
    ["optimizer.lr", "optimizer.lr", true],
    ["optimizer.lr", "optimizer", true],
    ["plugins.clsa.beta", "plugins.clsa", true],
    ["plugins.clsa.beta", "plugins", true],
    ["plugins.clsa.beta", "plugins.cls", false],
    ["optimizer.lr", "optimizer.l", false],
    ["optimizer", "optimizer.lr", false],
  ])("%s by %s: %s", (path, name, named) => expect(isNamed(path, ["x", name])).toBe(named));
});
