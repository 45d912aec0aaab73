import { randomStream } from "@tssl/augment-zoo";
import { describe, expect, it } from "vitest";

import { float16, float16Of } from "./float16.ts";

const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]!;

/** What the bits of a float16 stand for (IEEE 754). */
function valueOf(half: number): number {
  const [sign, exponent, fraction] = [half >> 15 ? -1 : 1, (half >> 10) & 31, half & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

describe("float16", () => {
  it("gives every float16 back", () => {
    const all = Array.from({ length: 65536 }, (_, half) => half).filter(
      (half) => !Number.isNaN(valueOf(half)),
    );
    expect(all.filter((half) => float16(bitsOf(valueOf(half))) !== half)).toEqual([]);
  });

  it("rounds to the nearest, halves to even, as numpy does", () => {
    // numpy 2.4: np.float32(x).astype(np.float16).view(np.uint16)
    const cases = [
      [0.1, 0x2e66], [1 / 3, 0x3555], [1.00048828125, 0x3c00], [1.00146484375, 0x3c02], [65519, 0x7bff],
      [65520, 0x7c00], [-70000, 0xfc00], [6e-8, 0x0001], [2 ** -25, 0x0000], [3 * 2 ** -25, 0x0002],
      [6.1e-5, 0x03ff], [-0, 0x8000], [NaN, 0x7e00],
    ] as const; // prettier-ignore
    for (const [value, half] of cases) expect(float16(bitsOf(value)), String(value)).toBe(half);
  });

  it("is within half a step of any number", () => {
    const random = randomStream(3, "numbers");
    const numbers = Array.from({ length: 20_000 }, () =>
      Math.fround(random.between(-1, 1) * 2 ** random.between(-20, 10)),
    );
    const tooFar = numbers.filter((value) => {
      const step = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10));
      return Math.abs(valueOf(float16(bitsOf(value))) - value) > step / 2;
    });
    expect(tooFar).toEqual([]);
  });
});

describe("float16Of", () => {
  it("takes values from anywhere in a buffer", () => {
    expect([...float16Of(Float32Array.of(9, 1, -2).subarray(1))]).toEqual([0x3c00, 0xc000]);
  });
});
