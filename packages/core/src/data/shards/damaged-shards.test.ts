import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { readDamagedShards } from "./damaged-shards.test.data.ts";

// No cache can be written there: each archive is read anew.
beforeAll(() => vi.stubEnv("TSSL_CACHE", "/dev/null/cache"));
afterAll(() => vi.unstubAllEnvs());

it("150 damaged archives are read or refused, in bounded time and memory", async () => {
  expect(await readDamagedShards(150)).toBeGreaterThan(12);
});
