import { expect, it } from "vitest";

import { resnet18 } from "../networks/resnet.ts";
import { sgd } from "../optimizers/sgd.ts";
import { definedKind } from "./defined-kind.ts";

const plugin = { name: "own", options: {}, setup: () => ({}) };

it.each<[unknown, string | undefined]>([
  [plugin, "plugin"],
  [resnet18, "encoder"],
  [sgd, "optimizer"],
  [{ ...plugin, name: "" }, undefined],
  [{ ...plugin, options: 3 }, undefined],
  [{ ...plugin, setup: 4 }, undefined],
  [{ epochs: 3 }, undefined],
  [() => plugin, undefined],
  [null, undefined],
])("%#", (value, kind) => {
  expect(definedKind(value)).toBe(kind);
});
