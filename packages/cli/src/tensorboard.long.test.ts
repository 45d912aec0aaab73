import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, expect, it } from "vitest";

import { tsslIn } from "./built-program.test.data.ts";
import { copyImages } from "./few-images.test.data.ts";

const READER = fileURLToPath(new URL("../../core/fixtures/read_event_files.py", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-tensorboard-"));
  const images = await cifar10Subset();
  copyImages(images.train, path.join(folder, "train"), 8);
  copyImages(images.test, path.join(folder, "test"), 4);
  writeFileSync(
    path.join(folder, "config.yaml"),
    `
data: { train: ./train, test: ./test }
imageSize: 32
epochs: 2
batchSize: 8
encoder: { use: resnet20, widths: [4, 4, 8] }
plugins: [{ use: moco, queueSize: 16, dim: 8 }]
optimizer: { use: sgd, lr: 0.06, schedule: constant }
evaluation: { k: 5 }
logging: { tensorboard: true }
engine: { mode: eager }
`,
  );
  execFileSync("python3", ["-m", "venv", path.join(folder, "venv")]);
  execFileSync(path.join(folder, "venv/bin/pip"), ["install", "--quiet", "tensorboard"]);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("TensorBoard reads what a run logged, also one that went on", { timeout: 300_000 }, () => {
  const tssl = (...args: string[]) => tsslIn(folder, args);
  expect(tssl("train", "config.yaml", "--out", "run").code).toBe(0);
  expect(tssl("train", "--resume", "run", "--set", "epochs=3").code).toBe(0);
  expect(readdirSync(path.join(folder, "run/tensorboard"))).toHaveLength(2);

  const logged = readFileSync(path.join(folder, "run/metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { step: number; values: Record<string, number> });
  const read = JSON.parse(
    execFileSync(path.join(folder, "venv/bin/python"), [READER, path.join(folder, "run/tensorboard")], {
      encoding: "utf8",
    }),
  ) as Record<string, [number, number][]>;
  const tags = [...new Set(logged.flatMap(({ values }) => Object.keys(values)))];
  expect(Object.keys(read).sort()).toEqual(tags.sort());
  for (const tag of tags) {
    const rows = logged.filter(({ values }) => tag in values);
    expect(read[tag], tag).toEqual(rows.map(({ step, values }) => [step, Math.fround(values[tag]!)]));
  }
});
