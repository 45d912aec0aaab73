import { expect, it } from "vitest";

import { thinned } from "./thinned.ts";

it("keeps everything at first, then every second and every fourth thing", () => {
  const few = thinned<number>(4);
  const take = (from: number, to: number) => {
    for (let step = from; step <= to; step++) few.add(step);
    return few.kept;
  };
  expect(take(1, 4)).toEqual([1, 2, 3, 4]);
  expect(take(5, 5)).toEqual([1, 3, 5]);
  expect(take(6, 8)).toEqual([1, 3, 5, 7]);
  expect(take(9, 16)).toEqual([1, 5, 9, 13]);
  expect(take(17, 17)).toEqual([1, 9, 17]);
});
