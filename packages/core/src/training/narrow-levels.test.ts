import { expect, it } from "vitest";

import { narrowLevels } from "../messages/loading.ts";
import { watchNarrowLevels } from "./narrow-levels.ts";

it("tells of the first image of few levels, once", async () => {
  const told: unknown[] = [];
  const loader: { narrow: { file: string; low: number; high: number } | undefined } = { narrow: undefined };
  const see = watchNarrowLevels(loader, (event, value) => Promise.resolve(void told.push([event, value])));
  await see();
  expect(told).toEqual([]);
  loader.narrow = { file: "a.png", low: 0, high: 3838 };
  await see();
  await see();
  expect(told).toEqual([["onNotice", narrowLevels(loader.narrow)]]);
});
