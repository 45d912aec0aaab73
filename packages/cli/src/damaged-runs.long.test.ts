import { expect, it } from "vitest";

import { tryDamagedRuns } from "./damaged-runs.test.data.ts";

it("says what is wrong with each of 5,000 damaged runs, and changes none that it refuses", async () => {
  const { refused } = await tryDamagedRuns({ count: 5000, resumeEvery: 20 });
  expect(refused).toBeGreaterThan(4000);
  expect(process.memoryUsage().rss).toBeLessThan(2 ** 30);
}, 3_600_000);
