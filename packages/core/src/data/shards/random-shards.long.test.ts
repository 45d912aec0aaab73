import fc from "fast-check";
import { afterAll, beforeAll, it, vi } from "vitest";

import { checkRandomShards, randomShards } from "../../testing/random-shards.ts";

// No cache can be written there: each set is read anew.
beforeAll(() => vi.stubEnv("TSSL_CACHE", "/dev/null/cache"));
afterAll(() => vi.unstubAllEnvs());

it("random shards are read as they were written: images, labels, and what was left out", async () => {
  await fc.assert(fc.asyncProperty(randomShards, checkRandomShards), { numRuns: 2000 });
}, 600_000);
