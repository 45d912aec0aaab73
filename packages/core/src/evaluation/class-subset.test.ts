import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { classBalancedSubset, splitOff } from "./class-subset.ts";

const key = { seed: 3, purpose: "test" };
const countsOf = (labels: Int32Array, indices: Int32Array) => {
  const counts: Record<number, number> = {};
  for (const index of indices) counts[labels[index]!] = (counts[labels[index]!] ?? 0) + 1;
  return counts;
};
const labels = Int32Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i < 97 ? 1 : 2)); // 60, 37, 3

describe("classBalancedSubset", () => {
  it("takes the same share of every class, rounded, and at least one image", () => {
    expect(countsOf(labels, classBalancedSubset(labels, 0.1, key))).toEqual({ 0: 6, 1: 4, 2: 1 });
    expect(countsOf(labels, classBalancedSubset(labels, 0.01, key))).toEqual({ 0: 1, 1: 1, 2: 1 });
  });

  it("takes everything for 1", () => {
    expect([...classBalancedSubset(labels, 1, key)]).toEqual(Array.from(labels, (_, i) => i));
  });

  it("is fixed by the seed, and part of what a larger share takes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (seed, share) => {
          const small = classBalancedSubset(labels, share / 2, { ...key, seed });
          const large = new Set(classBalancedSubset(labels, share, { ...key, seed }));
          expect(small.every((index) => large.has(index))).toBe(true);
          expect(classBalancedSubset(labels, share / 2, { ...key, seed })).toEqual(small);
        },
      ),
    );
    const of = (seed: number) => classBalancedSubset(labels, 0.1, { ...key, seed });
    expect(of(1)).not.toEqual(of(2));
  });
});

describe("splitOff", () => {
  const chosen = Int32Array.of(0, 1, 2, 3, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 99);

  it("parts the images: a share of every class, at least one, none of a single image", () => {
    const { kept, heldOut } = splitOff(labels, chosen, 0.1, key);
    expect(countsOf(labels, heldOut)).toEqual({ 0: 1, 1: 2 }); // of 4, of 15
    expect(Int32Array.of(...kept, ...heldOut).sort()).toEqual(chosen);
  });
});
