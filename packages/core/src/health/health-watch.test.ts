import { expect, it } from "vitest";

import { watchHealth } from "./health-watch.ts";

const levels = { chanceLevels: {}, queueSteps: {} };
const row = (step: number, spread: number) => ({
  step,
  epoch: 0,
  values: { loss: 1, "embedding/spread": spread, "embedding/positive": 0.9, "embedding/negative": 0.1 },
});

it("tells a finding once, and again when it has changed", () => {
  const watch = watchHealth([]);
  const told: string[] = [];
  for (let step = 1; step <= 400; step++) {
    watch.add(row(step, step < 100 || step > 300 ? 0.5 : 0.01));
    const news = watch.news(levels);
    if (news !== undefined) told.push(news.map(({ about, level }) => `${about} ${level}`).join());
  }
  expect(told).toEqual(["learning note", "learning ok", "collapse failure", "learning ok"]);
});

it("keeps a long run in few rows, and knows earlier parts of it", () => {
  const past = Array.from({ length: 50_000 }, (_, i) => row(i + 1, i < 25_000 ? 0.5 : 0.01));
  const [finding] = watchHealth(past).news(levels)!;
  expect(finding).toMatchObject({ about: "collapse", level: "failure" });
  expect(finding!.since).toBeGreaterThan(25_000);
  expect(finding!.since).toBeLessThan(27_000);
});

it("leaves rows of evaluations aside", () => {
  const watch = watchHealth([{ step: 0, epoch: 0, values: { knn: 0.3 } }]);
  expect(watch.news(levels)).toBeUndefined();
});
