import { describe, expect, it } from "vitest";

import { type Random, randomStream } from "./random.ts";

const take = (n: number, random: Random): number[] => Array.from({ length: n }, () => random.uniform());
const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;

describe("randomStream", () => {
  it("gives these numbers for ever: views of old runs can be made again", () => {
    expect(take(3, randomStream(1, "query", 42))).toEqual([
      0.957065599039197, 0.7692267543170601, 0.351905066287145,
    ]);
    expect(take(3, randomStream())).toEqual([0.8114219375420362, 0.903966523706913, 0.8952679557260126]);
  });

  it("depends on every part of the key, its kind and its place", () => {
    const keys: (string | number)[][] = [
      [], [0], [1], [-1], [0.5], [2 ** 40], [0, 0], [1, 2], [2, 1], ["1", 2], ["1"], ["a"], ["ab", "c"], ["a", "bc"], ["abc"],
      [""], ["", ""], [NaN], [Infinity], [1, 0, 7, "query"], [1, 7, 0, "query"], [1, 0, 7, "key"],
    ]; // prettier-ignore
    const firsts = keys.map((key) => String(take(4, randomStream(...key))));
    expect(new Set(firsts).size).toBe(keys.length);
    expect(take(4, randomStream(-0))).toEqual(take(4, randomStream(0)));
  });

  it("does not notice other streams", () => {
    const a = randomStream(1);
    const b = randomStream(1);
    a.uniform();
    randomStream(2).normal();
    expect(take(3, a)).toEqual(take(4, b).slice(1));
  });

  it("is even in [0, 1), within a stream and across neighbouring keys", () => {
    const n = 64000;
    const across = Array.from({ length: n }, (_, i) => randomStream(3, i >> 8, i & 255, "query").uniform());
    for (const xs of [take(n, randomStream(5)), across]) {
      expect(Math.min(...xs.slice(0, 1000))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...xs.slice(0, 1000))).toBeLessThan(1);
      const bins = new Array<number>(64).fill(0);
      for (const x of xs) bins[Math.floor(x * 64)]!++;
      const chiSquare = bins.reduce((sum, count) => sum + (count - n / 64) ** 2 / (n / 64), 0);
      expect(chiSquare).toBeGreaterThan(30); // 63 degrees of freedom: 0.01 % below and above
      expect(chiSquare).toBeLessThan(111);
    }
  });

  it("has no correlation between neighbouring keys or neighbouring numbers", () => {
    const n = 20000;
    const first = Array.from({ length: n + 1 }, (_, i) => randomStream(0, 0, i, "key").uniform() - 0.5);
    const stream = take(n + 1, randomStream("serial")).map((x) => x - 0.5);
    for (const xs of [first, stream]) {
      const correlation = mean(xs.slice(1).map((x, i) => x * xs[i]!)) * 12;
      expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(n));
    }
  });
});

describe("Random", () => {
  it("between stays in its interval and fills it", () => {
    const random = randomStream("between");
    const xs = Array.from({ length: 10000 }, () => random.between(-2, 6));
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...xs)).toBeLessThan(6);
    expect(Math.abs(mean(xs) - 2)).toBeLessThan(0.1);
    expect(random.between(3, 3)).toBe(3);
  });

  it("integer takes every value equally often", () => {
    const random = randomStream("integer");
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 50000; i++) counts[random.integer(5)]!++;
    for (const count of counts) expect(Math.abs(count - 10000)).toBeLessThan(360); // 4 standard deviations
  });

  it("chance is as likely as it says, and uses one number even when it is certain", () => {
    const random = randomStream("chance");
    const hits = Array.from({ length: 50000 }, () => random.chance(0.2)).filter(Boolean).length;
    expect(Math.abs(hits - 10000)).toBeLessThan(360);
    const [a, b] = [randomStream(9), randomStream(9)];
    expect([a.chance(0), a.chance(1)]).toEqual([false, true]);
    b.uniform();
    b.uniform();
    expect(a.uniform()).toBe(b.uniform());
  });

  it("normal has mean 0, variance 1 and a bell's tails", () => {
    const random = randomStream("normal");
    const n = 50000;
    const xs = Array.from({ length: n }, () => random.normal());
    expect(Math.abs(mean(xs))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(mean(xs.map((x) => x * x)) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(xs.filter((x) => Math.abs(x) > 1.96).length / n).toBeCloseTo(0.05, 2);
    expect(xs.every(Number.isFinite)).toBe(true);
  });

  it("permutation holds every number once, each order equally often", () => {
    const random = randomStream("permutation");
    const orders = new Map<string, number>();
    for (let i = 0; i < 24000; i++) {
      const order = String(random.permutation(4));
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
    expect([...random.permutation(100)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });
});
