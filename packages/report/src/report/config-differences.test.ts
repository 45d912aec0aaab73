import { expect, test } from "vitest";

import { configDifferences } from "./config-differences.ts";

test("names the options that differ, plugins by their use", () => {
  const config = (beta: number, rest: object = {}) => ({
    epochs: 5,
    data: { mean: [0.1, 0.2] },
    plugins: [{ use: "moco" }, { use: "clsa", beta }],
    ...rest,
  });
  expect(configDifferences([config(0), config(1), config(1, { data: { mean: [0.1, 0.3] } })])).toEqual([
    { path: "data.mean", values: [[0.1, 0.2], [0.1, 0.2], [0.1, 0.3]] }, // prettier-ignore
    { path: "plugins.clsa.beta", values: [0, 1, 1] },
  ]);
  expect(configDifferences([config(0), { ...config(0), plugins: [{ use: "moco" }] }])).toEqual([
    { path: "plugins.clsa.use", values: ["clsa", undefined] },
    { path: "plugins.clsa.beta", values: [0, undefined] },
  ]);
});
