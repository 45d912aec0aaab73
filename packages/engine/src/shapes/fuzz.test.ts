import { beforeAll, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { differences } from "./fuzz-against-tensorflow.test.data.ts";
import { RULES } from "./rules.ts";

beforeAll(() => startEngine({ device: "cpu" }));

it("random calls of every op have the shapes of TensorFlow, or are refused as by it", () => {
  expect([...RULES.keys()].flatMap((op) => differences(op, 20, 1))).toEqual([]);
});
