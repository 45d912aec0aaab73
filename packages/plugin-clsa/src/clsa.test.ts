import { sgd } from "@tssl/core";
import {
  assertGoldenSteps,
  assertModesAgree,
  type GoldenSteps,
  readGolden,
  smallConvNet,
  testRun,
} from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import { byol } from "@tssl/plugin-byol";
import { moco } from "@tssl/plugin-moco";
import { simclr } from "@tssl/plugin-simclr";
import { beforeAll, describe, it } from "vitest";

import { clsa } from "./clsa.ts";

beforeAll(() => startEngine({ device: "cpu" }));

const hosts = {
  moco: { use: moco, dim: 8, queueSize: 8 },
  simclr: { use: simclr, dim: 8 },
  byol: { use: byol, dim: 8, hidden: 12, queueSize: 12 },
};
const runOf = (host: object, options: object) =>
  testRun({
    encoder: { use: smallConvNet },
    plugins: [{ use: clsa, ...options }, host],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: 4,
  });

describe.each(["moco", "simclr", "byol"] as const)("clsa on %s", (name) => {
  it("makes the ten steps that PyTorch makes: losses, gradients, networks, queue, optimizer", async () => {
    const file = new URL(`../fixtures/clsa-on-${name}-steps.json`, import.meta.url);
    const golden = readGolden<GoldenSteps>(file);
    const { plugin, clsa: options } = golden.settings;
    const host = { use: hosts[name].use, ...plugin };
    await assertGoldenSteps([{ use: clsa, ...options }, host], golden, "graph");
  });

  // Up to seven passes and their gradients to compile, twice.
  it("takes the same 20 steps in every mode, with several weak and strong views", { timeout: 180_000 }, () =>
    assertModesAgree(() => runOf(hosts[name], { weakSizes: [24], strongSizes: [32, 16] }), {
      learningRate: 1e-5,
    }),
  );
});

describe("clsa on moco", () => {
  it.each([
    ["ddm", {}],
    ["contrastive", { loss: "contrastive" }],
    ["ddm, teacher not detached", { detachTeacher: false }],
  ])("takes the same 20 steps in every mode: %s", (_name, options) =>
    assertModesAgree(() => runOf(hosts.moco, options)),
  );
});
