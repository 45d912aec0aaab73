import { describe, expect, it } from "vitest";

import { bestCheckpoint, superfluousCheckpoints } from "./retention.ts";

const [a, b, c, d] = [{ name: "a" }, { name: "b", knn: 0.5 }, { name: "c", knn: 0.4 }, { name: "d" }];

describe("checkpoints that are kept", () => {
  it("are the newest and the best", () => {
    expect(superfluousCheckpoints([a, b, c, d], 1)).toEqual(["a", "c"]);
    expect(superfluousCheckpoints([a, b, c, d], 2)).toEqual(["a"]);
    expect(superfluousCheckpoints([a, c, d], 1)).toEqual(["a"]);
    expect(superfluousCheckpoints([a, d], 5)).toEqual([]);
  });

  it("are also those of which nothing is known: one may be the best", () => {
    expect(superfluousCheckpoints([{ name: "e", unknown: true }, c, b, d], 1)).toEqual(["c"]);
  });

  it("have the earliest of equals for the best, and none where nothing was measured", () => {
    expect(bestCheckpoint([a, c, b, { name: "e", knn: 0.5 }])).toBe("b");
    expect(bestCheckpoint([{ name: "f", knn: 0 }, c])).toBe("c");
    expect(bestCheckpoint([a, d])).toBe(undefined);
  });

  it("are the best by what the config says, whatever their kNN accuracy", () => {
    const byRank = (name: string, value: number) => ({ name, knn: 0.9 - value / 100, best: { by: "rank", value } as const }); // prettier-ignore
    expect(bestCheckpoint([byRank("g", 10), byRank("h", 20), byRank("i", 15)])).toBe("h");
    // The config was changed after b.
    expect(bestCheckpoint([b, byRank("g", 10)])).toBe("g");
  });
});
