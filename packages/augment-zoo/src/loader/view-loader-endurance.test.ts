import { expect, it } from "vitest";

import { endure } from "../testing/loader-endurance.ts";

it("8,000 views: each is right, with threads killed and 1 % of the files cut short", async () => {
  const result = await endure({ images: 1000, side: 64, epochs: 3 });
  expect(result.wrong).toEqual([]);
  expect(result.views).toBe(8_000);
  expect(result.cut).toHaveLength(10);
  expect(result.corrupt).toEqual(result.cut);
  expect(result).toMatchObject({ killed: 3, started: 2 + 3 });
});
