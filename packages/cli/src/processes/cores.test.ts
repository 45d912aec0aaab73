import { availableParallelism } from "node:os";

import { expect, it } from "vitest";

import { coresIn, coreShares } from "./cores.ts";

it.each([
  ["0", [0]],
  ["0-2,8", [0, 1, 2, 8]],
  ["4,6-7", [4, 6, 7]],
  ["", []],
])("the cores of %j", (list, cores) => expect(coresIn(list)).toEqual(cores));

it("are shared out evenly, each to one", () => {
  const all = coreShares(1)![0]!;
  expect(all.split(",")).toHaveLength(availableParallelism());
  const shares = coreShares(2);
  if (availableParallelism() < 2) {
    expect(shares).toBeUndefined();
    return;
  }
  const [first, second] = shares!.map((share) => share.split(","));
  expect(first).toHaveLength(Math.floor(availableParallelism() / 2));
  expect(second).toHaveLength(first!.length);
  expect(all.startsWith([...first!, ...second!].join(","))).toBe(true);
});

it("are not shared out where there are too few", () => {
  expect(coreShares(availableParallelism() + 1)).toBeUndefined();
});
