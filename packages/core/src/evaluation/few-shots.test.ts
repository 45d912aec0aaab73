import { describe, expect, it } from "vitest";

import { drawShots } from "./few-shots.ts";

const CLASSES = 3;
/** 30 images: each third has a class; every fifth has the first one too, every seventh is difficult there. */
const targets = Int8Array.from({ length: 30 * CLASSES }, (_, i) => {
  const [image, class_] = [Math.floor(i / CLASSES), i % CLASSES];
  if (image % CLASSES === class_) return 1;
  if (class_ === 0 && image % 5 === 0) return 1;
  return class_ === 0 && image % 7 === 0 ? 0 : -1;
});
const targetOf = (row: number, class_: number) => targets[row * CLASSES + class_];
const draw = (protocol: "pcl" | "vissl", sample = 0, seed = 0, shots = 4) =>
  drawShots(targets, CLASSES, { protocol, shots, sample, seed });

describe("few shots", () => {
  it("are k images of every class, for all classes the same: pcl", () => {
    const [first, ...others] = draw("pcl");
    expect(first).toHaveLength(12);
    for (const other of others) expect(other).toEqual(first);
    for (let class_ = 0; class_ < CLASSES; class_++) {
      const own = [...first!].slice(4 * class_, 4 * class_ + 4);
      expect(own.map((row) => targetOf(row, class_))).toEqual([1, 1, 1, 1]);
      expect(new Set(own).size).toBe(4);
    }
  });

  it("count an image twice that was drawn for two classes: pcl", () => {
    const [all] = draw("pcl", 0, 0, 10); // ten of each class, some of which have two
    expect(all).toHaveLength(30);
    expect(new Set(all).size).toBeLessThan(30);
  });

  it("are k images with a class and 2 k without it, none of them difficult: vissl", () => {
    for (const [class_, rows] of draw("vissl").entries()) {
      expect([...rows].map((row) => targetOf(row, class_))).toEqual([1, 1, 1, 1, ...Array<number>(8).fill(-1)]); // prettier-ignore
      expect(new Set(rows).size).toBe(12);
    }
  });

  it("are others in each sample and for each seed, and the same again", () => {
    const text = (...how: [number, number]) => JSON.stringify(draw("vissl", ...how));
    expect(text(0, 0)).toBe(text(0, 0));
    expect(new Set([text(0, 0), text(1, 0), text(0, 1)]).size).toBe(3);
  });
});
