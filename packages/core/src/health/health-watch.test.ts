import { expect, it } from "vitest";

import { healthRows } from "./health-rows.ts";
import { watchHealth } from "./health-watch.ts";

const levels = { chanceLevels: {}, queueSteps: {} };
const row = (step: number, spread: number) => ({
  step,
  epoch: 0,
  values: { loss: 1, "embedding/spread": spread, "embedding/positive": 0.9, "embedding/negative": 0.1 },
});

it("tells a finding once, and again when it has changed", () => {
  const watch = watchHealth();
  const told: string[] = [];
  for (let step = 1; step <= 400; step++) {
    watch.add(row(step, step < 100 || step > 300 ? 0.5 : 0.01));
    const news = watch.news(levels);
    if (news !== undefined) told.push(news.map(({ about, level }) => `${about} ${level}`).join());
  }
  expect(told).toEqual(["learning note", "learning ok", "collapse failure", "learning ok"]);
});

it("keeps a long run in few rows, and knows earlier parts of it", () => {
  const past = healthRows();
  for (let i = 0; i < 50_000; i++) past.add(row(i + 1, i < 25_000 ? 0.5 : 0.01));
  expect(past.rows().length).toBeLessThanOrEqual(2001);
  expect(past.rows().at(-1)!.step).toBe(50_000);
  const [finding] = watchHealth(past).news(levels)!;
  expect(finding).toMatchObject({ about: "collapse", level: "failure" });
  expect(finding!.since).toBeGreaterThan(25_000);
  expect(finding!.since).toBeLessThan(27_000);
});

it("keeps the last shares of the gradient and the last cosines of a long run", () => {
  const rows = healthRows();
  const shares = { loss: 1, "a/one/gradientShare": 0.995, "b/two/gradientShare": 0.005 };
  const cosines = { positive: [1], negative: [2] };
  for (let step = 1; step <= 10_000; step++) {
    rows.add(step % 50 === 0 ? { step, epoch: 0, values: shares, cosines } : row(step, 0.5));
  }
  expect(rows.rows().findLast((each) => each.cosines !== undefined)).toMatchObject({ step: 10_000, cosines });
  const [finding] = watchHealth(rows)
    .news(levels)!
    .filter(({ about }) => about === "share");
  expect(finding).toMatchObject({ level: "note", since: 10_000 });
});

it("leaves rows of evaluations aside", () => {
  const watch = watchHealth();
  watch.add({ step: 0, epoch: 0, values: { knn: 0.3 } });
  expect(watch.news(levels)).toBeUndefined();
});
