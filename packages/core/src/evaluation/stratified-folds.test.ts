import { expect, it } from "vitest";

import { readGolden } from "../testing/index.ts";
import { stratifiedFolds } from "./stratified-folds.ts";

const golden = readGolden<{ folds: { pattern: string; folds: number[] }[] }>(
  new URL("../../fixtures/linear-svm.json", import.meta.url),
);

it.each(golden.folds)("are scikit-learn's: $pattern", ({ pattern, folds }) => {
  expect([...stratifiedFolds(Array.from(pattern, (sign) => sign === "+"), 3)]).toEqual(folds); // prettier-ignore
});
