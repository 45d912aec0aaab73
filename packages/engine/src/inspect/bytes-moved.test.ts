import { describe, expect, it } from "vitest";

import { bytesMoved, bytesOf } from "./bytes-moved.ts";

const value = (dtype: string, ...shape: number[]) => ({ dtype, shape });
const float = (...shape: number[]) => value("float32", ...shape);

it.each([
  ["float32", [2, 3], 24],
  ["int32", [2, 3], 24],
  ["int64", [], 8],
  ["uint8", [2, 3], 6],
  ["bool", [5], 5],
  ["bfloat16", [5], 10],
])("%s%o has %i bytes", (dtype, shape, bytes) => {
  expect(bytesOf({ dtype, shape })).toBe(bytes);
});

describe("bytesMoved", () => {
  it("is all inputs and all outputs", () => {
    expect(bytesMoved("Add", [float(10, 4), float(4)], [float(10, 4)])).toBe(4 * (40 + 4 + 40));
    expect(bytesMoved("Cast", [value("uint8", 100)], [float(100)])).toBe(500);
    expect(bytesMoved("Range", [], [float(5)])).toBe(20);
  });

  it("is of a slice only the part that is taken", () => {
    expect(bytesMoved("Slice", [float(1000), value("int32", 1), value("int32", 1)], [float(10)])).toBe(88);
    expect(bytesMoved("GatherV2", [float(50, 2), value("int32", 3)], [float(3, 2)])).toBe(24 + 12 + 24);
    // More rows out than there are in: no more than all of them is read.
    expect(bytesMoved("GatherV2", [float(1, 2), value("int32", 3)], [float(3, 2)])).toBe(8 + 12 + 24);
  });

  it("is nothing where only a name or a shape changes", () => {
    expect(bytesMoved("Reshape", [float(10), value("int32", 2)], [float(2, 5)])).toBe(0);
    expect(bytesMoved("Const", [], [float(10)])).toBe(0);
    expect(bytesMoved("Cast", [float(10)], [float(10)])).toBe(0);
  });
});
