import { expect, it } from "vitest";

import { reachableLike } from "./reachable-like.ts";

it("a process that others cannot reach at its address has the host of one that they can", () => {
  expect(reachableLike("10.0.0.1:40001", "127.0.1.1:40002")).toBe("10.0.0.1:40002");
  expect(reachableLike("[fe80::1]:40001", "[::1]:40002")).toBe("[fe80::1]:40002");
  expect(reachableLike("10.0.0.1:40001", "10.0.0.2:40002")).toBe("10.0.0.2:40002");
});
