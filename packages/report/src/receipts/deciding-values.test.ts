import { expect, it } from "vitest";

import { decideTheSame, decidingValues, valuesHash } from "./deciding-values.ts";

const resolved = {
  name: "a run",
  seed: 3,
  epochs: 15,
  data: { train: "/images", workers: null, mean: [0.5, 0.5, 0.5] },
  evaluation: { everyEpochs: 15, k: null },
  health: { everySteps: 200 },
  engine: { mode: "graph", precision: "float32" },
  plugins: [
    { use: "clsa", beta: 1 },
    { use: "moco", dim: 128 },
  ],
};
const values = {
  epochs: 15,
  "data.mean": [0.5, 0.5, 0.5],
  "evaluation.k": null,
  "engine.precision": "float32",
  plugins: ["clsa", "moco"],
  "plugins.clsa.use": "clsa",
  "plugins.clsa.beta": 1,
  "plugins.moco.use": "moco",
  "plugins.moco.dim": 128,
};

it("values that decide numbers are those that are neither places, names nor seeds, nor about looking", () => {
  expect(decidingValues(resolved)).toEqual(values);
});

it("plugins of a changed config may have no name", () => {
  const plugins = [{ use: Object.create(null) as unknown, dim: 1 }, "moco", { dim: 2 }];
  expect(decidingValues({ plugins })).toEqual({
    plugins: ["{}", undefined],
    "plugins.{}.dim": 1,
    "plugins.undefined.dim": 2,
  });
});

it("the hash of values does not depend on their order", () => {
  const turned = Object.fromEntries(Object.entries(values).reverse());
  expect(valuesHash(turned)).toBe(valuesHash(values));
  expect(valuesHash({ ...values, epochs: 16 })).not.toBe(valuesHash(values));
  // sha256 of [["epochs",15]]
  expect(valuesHash({ epochs: 15 })).toBe("006bbdadc1e76b7443ecc92dc3d49497464f5037bb33b4889921b9092d02df95");
});

it.each([
  { now: values, unset: [], same: true },
  { now: { ...values, epochs: 16 }, unset: ["epochs"], same: false },
  { now: { ...values, "data.bands": 3 }, unset: ["data.bands"], same: true },
  { now: { ...values, "data.bands": 4 }, unset: [], same: false },
  { now: { ...values, plugins: ["moco", "clsa"] }, unset: [], same: false },
  { now: { epochs: 15 }, unset: [], same: false },
])("$now, of which $unset are defaults, decides the same: $same", ({ now, unset, same }) => {
  expect(decideTheSame(now, values, (path) => (unset as string[]).includes(path))).toBe(same);
});
