import { expect, it } from "vitest";

import { endure } from "../testing/loader-endurance.ts";

it("20,000 views: each is right, in flat memory, with threads killed and 1 % of the files cut short", async () => {
  const result = await endure({ images: 1000, side: 64, epochs: 9 });
  expect(result.wrong).toEqual([]);
  expect(result.views).toBe(20_000);
  expect(result.cut).toHaveLength(10);
  expect(result.corrupt).toEqual(result.cut);
  expect(result).toMatchObject({ killed: 9, started: 2 + 9 });
  // 12 KiB of each decoded file would be 70 MiB more after these six epochs.
  const [early, late] = [result.memory.slice(1, 4), result.memory.slice(-3)];
  expect(Math.min(...late) - Math.min(...early)).toBeLessThan(24 * 2 ** 20);
});
