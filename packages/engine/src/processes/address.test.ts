import { expect, it } from "vitest";

import { freeAddress, isLoopback, placeOf } from "./address.ts";

it.each([
  ["127.0.0.1", /^127\.0\.0\.1:\d+$/],
  ["::ffff:127.0.0.1", /^127\.0\.0\.1:\d+$/],
  ["::1", /^\[::1\]:\d+$/],
])("a free port of %s is written after it", async (host, address) => {
  expect(await freeAddress(host)).toMatch(address);
});

it.each([
  ["10.0.0.1:40001", { host: "10.0.0.1", port: 40_001 }],
  ["[::1]:40001", { host: "::1", port: 40_001 }],
  ["node-a:29400", { host: "node-a", port: 29_400 }],
])("%s is a host and a port", (address, place) => expect(placeOf(address)).toEqual(place));

it.each(["localhost", "127.0.1.1", "127.0.0.1:29500", "::ffff:127.0.0.1", "::1", "[::1]:29500"])(
  "%s is this machine alone",
  (host) => expect(isLoopback(host)).toBe(true),
);

it.each(["node-a", "10.127.0.1", "::ffff:10.0.0.1", "::12", "[fe80::1]:29500", "localhost.example.org"])(
  "%s can be reached by others",
  (host) => expect(isLoopback(host)).toBe(false),
);
