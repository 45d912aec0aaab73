import { expect, it } from "vitest";

import type { MetricsRow } from "../metrics/metrics-row.ts";
import { runHealth } from "./run-health.ts";

const cosines = { positive: [0, 4], negative: [10, 2] };
const row = (step: number, values: Record<string, number> = {}): MetricsRow => ({
  step,
  epoch: step / 10,
  values: { loss: 1, "embedding/spread": 0.01, "embedding/rank": 2, ...values },
});

it("gathers queues, what was last looked at, and findings", () => {
  const rows = Array.from({ length: 60 }, (_, i) => row(i + 1));
  rows[19] = { ...row(20, { "a/one/gradientShare": 0.5, "b/two/gradientShare": 0.5 }), cosines };
  rows[58] = row(59, { "b.keys/filled": 0.55, "b.keys/oldestSteps": 7 });
  rows[39] = { ...row(40, { "a/one/gradientShare": 0.9, "b/two/gradientShare": 0.1 }), cosines };
  const { findings, ...rest } = runHealth({
    rows,
    chanceLevels: {},
    queueSteps: { "a.keys": 16, "b.keys": 100 },
  });
  expect(rest).toEqual({
    step: 60,
    queues: [
      { name: "a.keys", filled: 1, oldestSteps: 16 },
      { name: "b.keys", filled: 0.55, oldestSteps: 7 },
    ],
    gradient: { step: 40, shares: { "a/one": 0.9, "b/two": 0.1 } },
    cosines: { step: 40, ...cosines },
  });
  expect(findings.map(({ about, level }) => `${about} ${level}`)).toEqual(["collapse note", "queue note"]);
});

it("says nothing of a run before its first step", () => {
  expect(runHealth({ rows: [], chanceLevels: {}, queueSteps: {} })).toEqual({
    step: 0,
    queues: [],
    findings: [],
  });
});
