import { describe, expect, it } from "vitest";

import { nearest, placeAmong } from "./nearest.ts";

describe("neighbours of an image on the page of an encoder", () => {
  it("are the rows of the largest cosine, the earlier of equal ones first", () => {
    const gallery = Float32Array.of(0, 1, 1, 0, 0.6, 0.8, -1, 0, 1, 0);
    expect(nearest(Float32Array.of(1, 0), gallery, 4)).toEqual([
      { image: 1, similarity: 1 },
      { image: 4, similarity: 1 },
      { image: 2, similarity: expect.closeTo(0.6) as number },
      { image: 0, similarity: 0 },
    ]);
  });

  it("place it on the map by weights exp(similarity / 0.1)", () => {
    const found = [
      { image: 2, similarity: 0.9 },
      { image: 0, similarity: 0.9 - 0.1 * Math.log(3) },
    ];
    // Weights 1 and 1/3: three quarters of the way to the nearer one.
    const [x, y] = placeAmong(found, [0, 400, 7, 7, 800, 0]);
    expect([x, y]).toEqual([expect.closeTo(600), expect.closeTo(100)]);
  });
});
