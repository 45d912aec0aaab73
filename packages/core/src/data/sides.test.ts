import path from "node:path";

import { expect, it } from "vitest";

import { sidesOf, typicalSize } from "./sides.ts";

const FIXTURES = path.join(import.meta.dirname, "../../fixtures/images");
const file = (name: string) => path.join(FIXTURES, name);

it("the median of an even number of sides is between the two in the middle", () => {
  expect(sidesOf([4, 1, 9])).toEqual({ smallest: 1, median: 4, largest: 9 });
  expect(sidesOf([4, 1, 9, 7])).toEqual({ smallest: 1, median: 5.5, largest: 9 });
  expect(sidesOf([])).toBeUndefined();
});

it("a set's images are as large as those whose header can be read", async () => {
  // 36 x 36 and 32 x 32 pixels.
  const files = [file("flower-0.jpg"), file("temple-0.jpg"), file("flower-0.jpg"), "/missing.jpg"];
  expect(await typicalSize(files)).toEqual({ width: 36, height: 36, of: 3 });
  expect(await typicalSize(["/missing.jpg"])).toBeUndefined();
});
