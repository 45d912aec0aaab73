import { expect, it } from "vitest";

import { endure } from "../testing/loader-endurance.ts";

it("50,000 images for four epochs: each view is right, in flat memory", { timeout: 1_800_000 }, async () => {
  const result = await endure({ images: 50_000, side: 32, epochs: 3 });
  expect(result.wrong).toEqual([]);
  expect(result.views).toBe(400_000);
  expect(result.cut).toHaveLength(500);
  expect(result.corrupt).toEqual(result.cut);
  expect(result).toMatchObject({ killed: 3, started: 2 + 3 });
  // 3 KiB of each decoded file would be 150 MB more with every epoch.
  const [, early, ...late] = result.memory;
  expect(Math.min(...late) - early!).toBeLessThan(100e6);
});
