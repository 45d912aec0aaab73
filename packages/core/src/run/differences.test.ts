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
    ).toEqual(["plugins[0].dim was 8, is 16"]);
  });

  it("are whole sections where another thing is used, came or went", () => {
    expect(found({ plugins: [{ use: "moco-v1", dim: 8 }] })).toEqual([
      'plugins[0] was {"use":"moco","dim":8}, is {"use":"moco-v1","dim":8}',
      'plugins[1] was {"use":"clsa","beta":1}, is absent',
    ]);
    expect(found({ seed: 1 })).toEqual(["seed was absent, is 1"]);
  });
});

describe("isNamed", () => {
  it.each([
    ["optimizer.lr", "optimizer.lr", true],
    ["optimizer.lr", "optimizer", true],
    ["plugins[1].beta", "plugins.1.beta", true],
    ["plugins[1].beta", "plugins[1]", true],
    ["plugins[1].beta", "plugins[10]", false],
    ["optimizer.lr", "optimizer.l", false],
    ["optimizer", "optimizer.lr", false],
  ])("%s by %s: %s", (path, name, named) => expect(isNamed(path, ["x", name])).toBe(named));
});
