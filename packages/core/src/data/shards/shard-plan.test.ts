import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { memberKeys, planShards, shardPattern } from "./shard-plan.ts";

describe("planShards", () => {
  it("divides by images", () => {
    expect(planShards("t", [1, 1, 1, 1, 1], { images: 2 })).toEqual([
      { name: "t-000.tar", first: 0, end: 2 },
      { name: "t-001.tar", first: 2, end: 4 },
      { name: "t-002.tar", first: 4, end: 5 },
    ]);
    expect(planShards("t", [1, 1], { images: 2 })).toEqual([{ name: "t-000.tar", first: 0, end: 2 }]);
  });

  it("divides by bytes, and gives an image that is larger than a shard one of its own", () => {
    const ends = (sizes: number[], bytes: number) => planShards("t", sizes, { bytes }).map(({ end }) => end);
    expect(ends([4, 4, 2, 1], 10)).toEqual([3, 4]);
    expect(ends([4, 40, 4], 10)).toEqual([1, 2, 3]);
    expect(ends([40], 10)).toEqual([1]);
  });

  it("puts every image into one shard, in order, and no more in it than it may hold", () => {
    const limits = fc.oneof(
      fc.record({ images: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ bytes: fc.integer({ min: 1, max: 60 }) }),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(sizes, limits, (all, limit) => {
        const shards = planShards("t", all, limit);
        expect(shards[0]!.first).toBe(0);
        expect(shards.at(-1)!.end).toBe(all.length);
        shards.slice(1).forEach(({ first }, i) => expect(first).toBe(shards[i]!.end));
        for (const { first, end } of shards) {
          expect(end).toBeGreaterThan(first);
          const bytes = all.slice(first, end).reduce((sum, size) => sum + size, 0);
          if ("images" in limit) expect(end - first).toBeLessThanOrEqual(limit.images);
          else if (end - first > 1) expect(bytes).toBeLessThanOrEqual(limit.bytes);
        }
      }),
    );
  });

  it("names them so that they sort as they are numbered", () => {
    const names = planShards("t", new Array<number>(1001).fill(1), { images: 1 }).map(({ name }) => name);
    expect([names[0], names[1000]]).toEqual(["t-0000.tar", "t-1000.tar"]);
    expect([...names].sort()).toEqual(names);
  });
});

it("shardPattern is what a config says", () => {
  const pattern = (count: number) =>
    shardPattern(planShards("a-1", new Array<number>(count).fill(1), { images: 1 }));
  expect([pattern(1), pattern(2), pattern(12)]).toEqual([
    "a-1-000.tar",
    "a-1-{000..001}.tar",
    "a-1-{000..011}.tar",
  ]);
});

it("memberKeys are names without dots, each once", () => {
  expect(memberKeys(["cat/a.jpg", "cat/a.png", "dog/a.jpg", "b.v2.JPG", "v.1/c.jpg", "b_v2.png"])).toEqual([
    "cat/a",
    "cat/a_2",
    "dog/a",
    "b_v2",
    "v.1/c",
    "b_v2_2",
  ]);
});

it("memberKeys lead nowhere but into the folder of the archive", () => {
  expect(memberKeys(["../../a.jpg", "/etc/a.jpg", "./b/../c.jpg", "//x/./y.jpg", "a.jpg"])).toEqual([
    "a",
    "etc/a",
    "b/c",
    "x/y",
    "a_2",
  ]);
});
