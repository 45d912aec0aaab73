import { expect, it } from "vitest";

import { freeAddress, isLoopback, reachableLike } from "./free-address.ts";

it.each([
  ["127.0.0.1", /^127\.0\.0\.1:\d+$/],
  ["::ffff:127.0.0.1", /^127\.0\.0\.1:\d+$/],
  ["::1", /^\[::1\]:\d+$/],
])("a free port of %s is written after it", async (host, address) => {
  expect(await freeAddress(host)).toMatch(address);
});

it.each(["localhost", "127.0.1.1", "127.0.0.1:29500", "::ffff:127.0.0.1", "::1", "[::1]:29500"])(
  "%s is this machine alone",
  (host) => expect(isLoopback(host)).toBe(true),
);

it.each(["node-a", "10.127.0.1", "::ffff:10.0.0.1", "::12", "[fe80::1]:29500", "localhost.example.org"])(
  "%s can be reached by others",
  (host) => expect(isLoopback(host)).toBe(false),
);

it("a process that others cannot reach at its address has the host of one that they can", () => {
  expect(reachableLike("10.0.0.1:40001", "127.0.1.1:40002")).toBe("10.0.0.1:40002");
  expect(reachableLike("[fe80::1]:40001", "[::1]:40002")).toBe("[fe80::1]:40002");
  expect(reachableLike("10.0.0.1:40001", "10.0.0.2:40002")).toBe("10.0.0.2:40002");
});
