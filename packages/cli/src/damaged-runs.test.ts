import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { runTraining } from "@tssl/core/run";
import { refusal } from "@tssl/core/testing";
import { expect, it } from "vitest";

import { configOf, contentsOf, stoppedRun, tryDamagedRuns } from "./damaged-runs.test.data.ts";

it("says what is wrong with each of fifteen damaged runs, and changes none that it refuses", async () => {
  const { refused, resumed } = await tryDamagedRuns({ count: 15, resumeEvery: 15 });
  expect(refused).toBeGreaterThan(9);
  expect(resumed).toBeGreaterThan(0);
}, 120_000);

it("does not begin a run anew whose checkpoints are all damaged", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tssl-no-checkpoint-"));
  try {
    const { run, images } = await stoppedRun(folder);
    const checkpoints = path.join(run, "checkpoints");
    const values = readdirSync(checkpoints).filter((name) => name.endsWith(".safetensors"));
    for (const name of values) truncateSync(path.join(checkpoints, name), 100);
    const before = contentsOf(run);
    const config = await configOf({ train: path.join(images, "train"), test: path.join(images, "test") });
    expect(await refusal(() => runTraining({ config, out: run, resume: { allowedChanges: [] } }))).toMatch(
      /^CHECKPOINT_DAMAGED: \S+ has no checkpoint that is whole: step-\d+(, step-\d+)+ are damaged\. /,
    );
    expect(contentsOf(run)).toEqual(before);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it.runIf(process.platform === "linux")("leaves no file open where it is refused", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tssl-refused-open-"));
  try {
    const { run, images } = await stoppedRun(folder);
    const config = await configOf({ train: path.join(images, "train"), test: path.join(images, "test") });
    writeFileSync(path.join(run, "run.json"), "{");
    expect(await refusal(() => runTraining({ config, out: run, resume: { allowedChanges: [] } }))).toMatch(
      /^FILE_DAMAGED: .*run\.json/,
    );
    const open = readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return []; // the one that lists them
      }
    });
    expect(open.filter((file) => file.startsWith(folder))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it("goes on without rows that are lost only where the user says so", { tags: "long" }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tssl-lost-rows-"));
  try {
    const { run, images } = await stoppedRun(folder);
    const config = await configOf({ train: path.join(images, "train"), test: path.join(images, "test") });
    const metrics = path.join(run, "metrics.jsonl");
    const goOn = (...allowedChanges: string[]) =>
      runTraining({ config, out: run, resume: { allowedChanges } });
    rmSync(metrics);
    const before = contentsOf(run);
    expect(await refusal(() => goOn())).toContain(
      `FILE_DAMAGED: ${metrics} has 0 whole rows, and the checkpoint knows of 7: rows have been lost.`,
    );
    expect(contentsOf(run)).toEqual(before);
    expect(await goOn("metrics")).toMatchObject({ status: "finished", steps: 12 });
    const lines = readFileSync(metrics, "utf8").trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([
      6, 7, 8, 9, 10, 11, 12, 12,
    ]); // kNN after steps 6 and 12
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
