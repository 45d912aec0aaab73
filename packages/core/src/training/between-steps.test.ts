import { expect, it } from "vitest";

import { queueNeverFills } from "../messages/health.ts";
import type { PlanFinding } from "../run/plan-finding.ts";
import { tellPlan } from "./between-steps.ts";
import type { TrainingSession } from "./session.ts";

/** A run of three steps whose queue of 64 rows takes `pushed` of them in each, where that is known. */
function session(from: number) {
  const keys = { size: 64, pushed: 0 };
  const told: string[] = [];
  let plan: readonly PlanFinding[] | undefined;
  const facts = {
    totalSteps: 3,
    stepsPerEpoch: 3,
    datasetSize: 96,
    batchSize: 32,
    microBatchSize: 32,
    imagesPerPass: 32,
    replicas: 1,
  };
  const settings = {
    epochs: 1,
    checkpoint: { everySteps: null },
    evaluation: { k: null, everyEpochs: 1 },
    health: { everySteps: 200 },
  };
  const learning = { lr: 0.1, warmupEpochs: 0, schedule: "cosine", milestones: [] };
  const opened = {
    run: { facts, plugins: [], queues: { keys }, learningRate: () => 0.1 },
    config: { settings, optimizer: { learning } },
    from,
    ledger: {
      history: () => ({ plan }),
      notePlan: (findings: readonly PlanFinding[]) => (plan = findings),
    },
    tell: (_hook: string, findings: readonly PlanFinding[]) =>
      told.push(...findings.map(({ sentence }) => sentence)),
    saveRecord: () => undefined,
  } as unknown as TrainingSession;
  return { keys, told, opened, noted: () => plan!.map(({ sentence }) => sentence) };
}

it("a queue that never fills is told once, as soon as it is known how many rows it takes", async () => {
  const { keys, told, opened, noted } = session(0);
  await tellPlan(opened);
  expect(told).toEqual([]);
  keys.pushed = 8;
  await tellPlan(opened);
  await tellPlan(opened);
  const sentences = [queueNeverFills(["keys"], 8, 3)];
  expect([told, noted()]).toEqual([sentences, sentences]);
});

it("a run that goes on notes it, and does not tell it again", async () => {
  const { keys, told, opened, noted } = session(1);
  keys.pushed = 8;
  await tellPlan(opened);
  expect([told, noted()]).toEqual([[], [queueNeverFills(["keys"], 8, 3)]]);
});
