import { expect, it } from "vitest";

import { fromBfloat16, fromFloat16 } from "./half-floats.ts";

it("reads float16: normal numbers, subnormal ones, zeros and what is no number", () => {
  const bits = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001, 0x8000, 0x7bff, 0x7c00, 0xfc00, 0x7e00);
  expect([...fromFloat16(bits)]).toEqual([
    1,
    -2,
    0.333251953125,
    2 ** -24,
    -0,
    65504,
    Infinity,
    -Infinity,
    NaN,
  ]);
});

it("reads bfloat16", () => {
  expect([...fromBfloat16(Uint16Array.of(0x3f80, 0xc040, 0x0000, 0x7f80))]).toEqual([1, -3, 0, Infinity]);
});
