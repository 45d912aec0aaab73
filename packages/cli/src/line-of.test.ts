import { expect, it } from "vitest";

import { lineOf } from "./line-of.ts";

const yaml = `# a comment
epochs: 3
data: { train: ./images,
        workers: 2 }
base: &base
  lr: 0.1
plugins:
  - use: moco
    dim: 8
  - { use: clsa }
optimizer: *base
`;

it.each<[string, number]>([
  ["epochs", 2],
  ["data.train", 3],
  ["data.workers", 4],
  ["plugins", 7],
  ["plugins.0.use", 8],
  ["plugins.0.dim", 9],
  ["plugins.1", 10],
  ["plugins.1.use", 10],
  ["optimizer.lr", 6],
  ["optimizer.momentum", 11],
])("finds the line of %s in YAML", (path, line) => {
  expect(lineOf(yaml, path.split("."))).toBe(line);
});

it("finds lines in JSON", () => {
  const json = '{\n  "epochs": 3,\n  "plugins": [\n    { "use": "moco",\n      "dim": 8 }\n  ]\n}\n';
  expect(lineOf(json, ["epochs"])).toBe(2);
  expect(lineOf(json, ["plugins", "0", "dim"])).toBe(5);
});
