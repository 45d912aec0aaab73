import { beforeAll, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { differences } from "./fuzz-against-tensorflow.test.data.ts";
import { RULES } from "./rules.ts";

beforeAll(() => startEngine({ device: "cpu" }));

it.each([...RULES.keys()])("500 random calls of %s have the shapes of TensorFlow", (op) => {
  expect(differences(op, 500, 2)).toEqual([]);
});
