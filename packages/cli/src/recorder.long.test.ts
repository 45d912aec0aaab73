import { createHash } from "node:crypto";
import fs from "node:fs";

import { convnext, vit } from "@tssl/core/internal";
import { startEngine, startRecorder } from "@tssl/engine";
import { expect, it } from "vitest";

import { compositions } from "./compositions.test.data.ts";
import { type RecordedRun, recordedRun } from "./recordings.test.data.ts";
import { builtIn } from "./registry.ts";

/** Small ones in place of those that take no view as small as these compositions have. */
const encoders = [
  ...Object.entries(builtIn.encoders).flatMap(([name, use]) => (name.startsWith("resnet") ? [{ use }] : [])),
  { use: vit("small-vit", { dim: 8, depth: 2, heads: 2 }), patchSize: 4 },
  { use: convnext("small-convnext", { depths: [1], dims: [8] }) },
];
const optimizers = [
  { use: "sgd", lr: 0.06, momentum: 0.9, weightDecay: 5e-4 },
  { use: "lars", lr: 0.2, warmupEpochs: 1 },
  { use: "larc", lr: 0.1 },
  { use: "adamw", lr: 1e-3, weightDecay: 0.05 },
];
/**
 * Every composition with every encoder, and, with the smallest encoder, every optimizer: there with the
 * places in the code, which take longer to find out than all else.
 */
const cases = compositions.flatMap(({ name, config }) => [
  ...encoders.map((encoder) => ({ name, encoder, config, sites: false })),
  ...optimizers.map((optimizer) => ({
    name,
    encoder: { use: builtIn.encoders.resnet20 },
    config: { ...config, optimizer },
    sites: true,
  })),
]);
/** The lines of a run as a hash for each step: those of all runs would take gigabytes. */
const hashed = ({ state, steps }: RecordedRun) => ({
  state,
  steps: Object.fromEntries(
    Object.entries(steps).map(([name, lines]) => [
      name,
      `${lines.length} lines, ${createHash("sha256").update(lines.join("\n")).digest("hex")}`,
    ]),
  ),
});
const without: ReturnType<typeof hashed>[] = [];

it("records every run without TensorFlow", { timeout: 1_800_000 }, async () => {
  await startRecorder();
  for (const { encoder, sites, ...composition } of cases) {
    without.push(hashed(await recordedRun(composition, encoder, { sites })));
  }
  expect(fs.readFileSync("/proc/self/maps", "utf8")).not.toMatch(/libtensorflow/);
});

it("records the same with it, and TensorFlow infers the same shapes", { timeout: 3_600_000 }, async () => {
  await startEngine({ device: "cpu" });
  for (const [i, { encoder, sites, ...composition }] of cases.entries()) {
    const under = hashed(await recordedRun(composition, encoder, { sites, check: true }));
    expect({ name: composition.name, ...without[i] }).toEqual({ name: composition.name, ...under });
  }
});
