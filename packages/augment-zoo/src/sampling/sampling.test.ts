import { describe, expect, it } from "vitest";

import type { AppliedOperation } from "../applied.ts";
import { randomStream } from "../random.ts";
import { sampleColorJitter } from "./color-jitter.ts";
import { sampleCrop } from "./random-resized-crop.ts";
import { sampleStrong, type StrongPool } from "./random-strong.ts";
import { roundHalfToEven } from "./round.ts";

const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;

it("rounds halves to even numbers, as Python does", () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6, -2.4].map(roundHalfToEven).map((x) => x + 0)).toEqual([
    0, 2, 2, 0, -2, 2, 3, -2,
  ]);
});

describe("sampleCrop", () => {
  const wide = { width: 400, height: 300 };
  const boxes = Array.from({ length: 4000 }, (_, i) =>
    sampleCrop(wide, [0.2, 1], [3 / 4, 4 / 3], randomStream("crop", i)),
  );

  it("stays inside the image and inside both ranges", () => {
    for (const { left, top, width, height } of boxes) {
      expect(Math.min(left, top, 400 - left - width, 300 - top - height)).toBeGreaterThanOrEqual(0);
      expect((width * height) / 120000).toBeGreaterThan(0.198);
      expect(width / height).toBeGreaterThan(0.745);
      expect(width / height).toBeLessThan(1.345);
    }
  });

  it("has a uniform area and a log-uniform ratio, both free of bias where every box fits", () => {
    const small = Array.from({ length: 4000 }, (_, i) =>
      sampleCrop({ width: 1000, height: 1000 }, [0.2, 0.5], [3 / 4, 4 / 3], randomStream("small", i)),
    );
    const areas = small.map(({ width, height }) => (width * height) / 1e6);
    expect(mean(areas)).toBeCloseTo(0.35, 2);
    expect(areas.filter((area) => area < 0.275).length / 4000).toBeCloseTo(0.25, 1);
    expect(mean(small.map(({ width, height }) => Math.log(width / height)))).toBeCloseTo(0, 1.9);
    const centres = small.map(({ left, width }) => left / (1000 - width));
    expect(mean(centres)).toBeCloseTo(0.5, 1.5);
  });

  it("reaches every position, the last row and column too", () => {
    const places = new Set<string>();
    for (let i = 0; i < 500; i++) {
      const { left, top } = sampleCrop({ width: 4, height: 4 }, [0.5625, 0.5625], [1, 1], randomStream(i));
      places.add(`${left} ${top}`);
    }
    expect([...places].sort()).toEqual(["0 0", "0 1", "1 0", "1 1"]);
  });

  it.each([
    [
      { width: 100, height: 10 },
      { left: 43, top: 0, width: 13, height: 10 },
    ],
    [
      { width: 10, height: 100 },
      { left: 0, top: 43, width: 10, height: 13 },
    ],
    [
      { width: 10, height: 9 },
      { left: 0, top: 0, width: 10, height: 9 },
    ],
  ])("takes the middle of %j when ten tries did not fit, as torchvision", (size, box) => {
    // More than the whole area never fits.
    expect(sampleCrop(size, [2, 3], [3 / 4, 4 / 3], randomStream("fallback"))).toEqual(box);
  });
});

it("sampleCrop tries ten times, with two numbers each", () => {
  const random = randomStream("tries");
  let draws = 0;
  const between = (low: number, high: number): number => {
    draws++;
    return random.between(low, high);
  };
  sampleCrop({ width: 50, height: 50 }, [2, 3], [3 / 4, 4 / 3], { ...random, between });
  expect(draws).toBe(20);
});

describe("sampleColorJitter", () => {
  const strength = { brightness: 0.4, contrast: 0.3, saturation: 1.5, hue: 0.1 };
  const draws = Array.from({ length: 2400 }, (_, i) =>
    sampleColorJitter(strength, randomStream("jitter", i)),
  );

  it("draws each factor from its own range, not below 0", () => {
    const ranges = { brightness: [0.6, 1.4], contrast: [0.7, 1.3], saturation: [0, 2.5], hue: [-0.1, 0.1] };
    for (const [op, [low, high]] of Object.entries(ranges)) {
      const factors = draws.map(
        (steps) => (steps.find((step) => step.op === op) as { factor: number }).factor,
      );
      expect(Math.min(...factors)).toBeGreaterThanOrEqual(low!);
      expect(Math.min(...factors)).toBeLessThan(low! + (high! - low!) * 0.01);
      expect(Math.max(...factors)).toBeLessThan(high!);
      expect(Math.max(...factors)).toBeGreaterThan(high! - (high! - low!) * 0.01);
    }
  });

  it("puts the four in every order alike", () => {
    const orders = new Map<string, number>();
    for (const steps of draws) {
      const order = steps.map(({ op }) => op).join();
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    for (const count of orders.values()) expect(Math.abs(count - 100)).toBeLessThan(45);
  });

  it("leaves out what has no strength", () => {
    const none = { brightness: 0, contrast: 0, saturation: 0.2, hue: 0 };
    expect(sampleColorJitter(none, randomStream(1)).map(({ op }) => op)).toEqual(["saturation"]);
  });
});

describe("sampleStrong", () => {
  const size = { width: 32, height: 20 };
  const views = 20000;
  const drawn: Record<StrongPool, AppliedOperation[][]> = { paper: [], repository: [], randAugment: [] };
  for (const pool of ["paper", "repository", "randAugment"] as const) {
    for (let i = 0; i < views; i++) drawn[pool].push(sampleStrong(pool, 5, 0.5, size, randomStream(pool, i)));
  }
  const all = (pool: StrongPool): AppliedOperation[] => drawn[pool].flat();
  /** The sorted distinct values of an operation's parameter. */
  const values = (pool: StrongPool, op: AppliedOperation["op"], key: string): number[] => {
    const found = all(pool).filter((step) => step.op === op) as unknown as Record<string, number>[];
    return [...new Set(found.map((step) => Math.round(step[key]! * 1e6) / 1e6 + 0))].sort((a, b) => a - b);
  };

  const common = ["autoContrast", "brightness", "contrast", "equalize", "posterize", "rotate", "saturation", "sharpness",
    "shearX", "shearY", "solarize", "translateX", "translateY"]; // prettier-ignore

  it.each([
    ["paper", "invert"],
    ["repository", "identity"],
  ] as const)("the %s's pool: fourteen, with %s, equally often, 2.5 per view", (pool, fourteenth) => {
    const counts = new Map<string, number>();
    for (const { op } of all(pool)) counts.set(op, (counts.get(op) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([...common, fourteenth].sort());
    const expected = (views * 2.5) / 14;
    for (const count of counts.values())
      expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected));
    expect(all(pool).length / views).toBeCloseTo(2.5, 1.5);
  });

  it("leaves 3.1 % of views unchanged in the paper's pool and 4.4 % in the repository's", () => {
    const unchanged = (pool: StrongPool): number =>
      drawn[pool].filter((steps) => steps.every(({ op }) => op === "identity")).length / views;
    expect(Math.abs(unchanged("paper") - 0.5 ** 5)).toBeLessThan(0.005);
    expect(Math.abs(unchanged("repository") - (0.5 + 0.5 / 14) ** 5)).toBeLessThan(0.006);
  });

  it("draws with replacement", () => {
    const twice = drawn.paper.filter((steps) => new Set(steps.map(({ op }) => op)).size < steps.length);
    expect(twice.length / views).toBeGreaterThan(0.1);
  });

  it("has the repository's nine levels", () => {
    const enhance = [0.14, 0.23, 0.32, 0.41, 0.5, 0.59, 0.68, 0.77, 0.86];
    for (const op of ["brightness", "contrast", "saturation", "sharpness"] as const) {
      expect(values("repository", op, "factor")).toEqual(enhance);
    }
    expect(values("repository", "posterize", "bits")).toEqual([4, 5, 6, 7]);
    expect(values("repository", "solarize", "threshold")).toEqual([26, 52, 77, 103, 128, 154, 180, 205, 231]);
    const mirrored = (xs: number[]): number[] => [...xs.map((x) => -x).reverse(), ...xs];
    expect(values("repository", "rotate", "degrees")).toEqual(mirrored([3, 6, 9, 12, 15, 18, 21, 24, 27]));
    const shears = mirrored([0.03, 0.06, 0.09, 0.12, 0.15, 0.18, 0.21, 0.24, 0.27]);
    expect(values("repository", "shearX", "shear")).toEqual(shears);
    expect(values("repository", "shearY", "shear")).toEqual(shears);
    const steps = (n: number): number[] => Array.from({ length: 2 * n + 1 }, (_, i) => i - n);
    expect(values("repository", "translateX", "pixels")).toEqual(steps(8)); // int(0.27 * 32)
    expect(values("repository", "translateY", "pixels")).toEqual(steps(5)); // int(0.27 * 20)
  });

  it("has bits 4 4 5 5 6 6 6 7 7 for the repository's levels", () => {
    const bits = all("repository").flatMap((step) => (step.op === "posterize" ? [step.bits] : []));
    const share = (b: number): number => bits.filter((x) => x === b).length / bits.length;
    for (const [b, ninths] of [[4, 2], [5, 2], [6, 3], [7, 2]] as const) {
      expect(Math.abs(share(b) - ninths / 9)).toBeLessThan(0.03);
    } // prettier-ignore
  });

  it.each([
    ["shearX", "shear", -0.3, 0.3],
    ["shearY", "shear", -0.3, 0.3],
    ["translateX", "pixels", -0.3 * 32, 0.3 * 32],
    ["translateY", "pixels", -0.3 * 20, 0.3 * 20],
    ["rotate", "degrees", -30, 30],
    ["solarize", "threshold", 0, 256],
    ["brightness", "factor", 0.05, 0.95],
    ["contrast", "factor", 0.05, 0.95],
    ["saturation", "factor", 0.05, 0.95],
    ["sharpness", "factor", 0.05, 0.95],
  ] as const)("has the paper's continuous magnitude of %s: %s from %d to %d", (op, key, low, high) => {
    const xs = values("paper", op, key);
    expect(xs.length).toBeGreaterThan(3000);
    expect(xs[0]).toBeGreaterThanOrEqual(low);
    expect(xs[0]).toBeLessThan(low + (high - low) * 0.01);
    expect(xs.at(-1)).toBeLessThan(high);
    expect(xs.at(-1)).toBeGreaterThan(high - (high - low) * 0.01);
    expect(Math.abs(mean(xs) - (low + high) / 2)).toBeLessThan((high - low) * 0.03);
  });

  it("has RandAugment's fifteen, about magnitude 10 of 10", () => {
    const names = new Set(all("randAugment").map(({ op }) => op));
    expect([...names].sort()).toEqual([...common, "invert", "solarizeAdd"].sort());
    // Half of the normal draws lie beyond 10 and are cut off there.
    const degrees = all("randAugment").flatMap((step) =>
      step.op === "rotate" ? [Math.abs(step.degrees)] : [],
    );
    const cut = degrees.filter((x) => x === 30).length / degrees.length;
    expect(Math.abs(cut - 0.5)).toBeLessThan(0.05);
    const below = degrees.filter((x) => x < 30);
    expect(Math.abs(mean(below.map((x) => 30 - x)) - 3 * 0.5 * Math.sqrt(2 / Math.PI))).toBeLessThan(0.1);
    expect(values("randAugment", "solarizeAdd", "addition").at(-1)).toBe(110);
    expect(values("randAugment", "posterize", "bits")).toEqual([3, 4]);
    expect(values("randAugment", "translateX", "pixels").at(-1)).toBe(0.45 * 32);
    expect(values("randAugment", "brightness", "factor").at(-1)).toBe(1.9);
  });

  it("moves pixels of RandAugment by both interpolations, on timm's mean colour", () => {
    const geometry = all("randAugment").flatMap((step) => ("filter" in step && "fill" in step ? [step] : []));
    expect(new Set(geometry.map(({ op }) => op))).toEqual(
      new Set(["rotate", "shearX", "shearY", "translateX", "translateY"]),
    );
    const cubic = geometry.filter(({ filter }) => filter === "bicubic").length / geometry.length;
    expect(Math.abs(cubic - 0.5)).toBeLessThan(0.03);
    expect(new Set(geometry.map(({ fill }) => String(fill)))).toEqual(new Set(["124,116,104"]));
  });

  it("has 4 to 8 bits in the paper's posterize", () => {
    expect(values("paper", "posterize", "bits")).toEqual([4, 5, 6, 7, 8]);
  });
});
