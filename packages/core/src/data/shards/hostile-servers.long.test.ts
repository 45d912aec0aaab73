import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { readFromHostileServers } from "./hostile-servers.test.data.ts";

// No cache can be written there: each shard is read anew.
beforeAll(() => vi.stubEnv("TSSL_CACHE", "/dev/null/cache"));
afterAll(() => vi.unstubAllEnvs());

it("500 servers that answer as they like are read or given up, in bounded time and memory", async () => {
  const { read, ways } = await readFromHostileServers(500, 1);
  expect(read).toBeGreaterThan(0);
  expect(ways.size).toBeGreaterThan(15);
}, 900_000);
