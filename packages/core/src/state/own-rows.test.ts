import { expect, it } from "vitest";

import { ownRows } from "./own-rows.ts";

it("begins after the rows of the ranks before", () => {
  expect(ownRows(2, 0).arraySync()).toEqual([0, 1]);
  expect(ownRows(2, 3).arraySync()).toEqual([6, 7]);
  expect(ownRows(2, 3).dtype).toBe("int32");
});
