import { startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import { assertClose, type Generated, generated, modes, readGolden } from "../testing/index.ts";
import { type Features } from "./extract-features.ts";
import { rowsOf } from "../state/rows-of.ts";
import { type ProbeEpoch, probeScores, trainLinearProbes, uniformProbe } from "./linear-probe.ts";
import { type LinearProtocolName, linearProtocols } from "./linear-protocols.ts";
import { probeSchedules } from "./probe-schedules.ts";

interface GoldenProbe {
  learningRate: number;
  epochs: number;
  losses: number[];
  scores: number[];
}
const golden = readGolden<{
  train: Generated;
  trainLabels: number[];
  test: Generated;
  weight: Generated;
  bias: Generated;
  classes: number;
  batchSize: number;
  orders: number[][];
  protocols: Record<LinearProtocolName, GoldenProbe>;
  strongDecay: Record<"swav" | "vissl", GoldenProbe>;
}>(new URL("../../fixtures/linear-protocols.json", import.meta.url));

const valuesOf = (recipe: Generated): Float32Array => {
  const tensor = generated(recipe);
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return values;
};
const featuresOf = (recipe: Generated): Features => ({
  values: valuesOf(recipe),
  count: recipe.shape[0]!,
  dim: recipe.shape[1]!,
});

const batches: ProbeEpoch = function* (epoch) {
  const train = featuresOf(golden.train);
  for (let start = 0; start < train.count; start += golden.batchSize) {
    const indices = Int32Array.from(golden.orders[epoch]!.slice(start, start + golden.batchSize));
    yield {
      features: rowsOf(train.values, train.dim, indices),
      labels: indices.map((index) => golden.trainLabels[index]!),
    };
  }
};

async function agrees(
  name: LinearProtocolName,
  want: GoldenProbe,
  mode: (typeof modes)[number],
  decay?: number,
) {
  const { schedule, weightDecay, nesterov, batchNorm } = linearProtocols[name];
  const [probe] = await trainLinearProbes(batches, {
    dim: golden.train.shape[1]!,
    classes: golden.classes,
    epochs: want.epochs,
    learningRates: [want.learningRate, 2 * want.learningRate], // beside another one
    schedule: probeSchedules[schedule],
    initialWeight: valuesOf(golden.weight),
    initialBias: valuesOf(golden.bias),
    weightDecay: decay ?? weightDecay,
    ...{ nesterov, batchNorm, mode },
  });
  assertClose(probe!.losses, want.losses, 2e-5, `losses of ${name}`);
  assertClose(await probeScores(probe!, featuresOf(golden.test)), want.scores, 1e-4, `scores of ${name}`);
}

beforeAll(() => startEngine({ device: "cpu" }));

describe.each(modes.map((mode) => ({ mode })))("published protocols in mode $mode", ({ mode }) => {
  it.each(Object.keys(golden.protocols) as LinearProtocolName[])("follow PyTorch: %s", async (name) => {
    const { epochs } = linearProtocols[name];
    expect(golden.protocols[name].epochs).toBe(epochs);
    await agrees(name, golden.protocols[name], mode);
  });

  it.each(["swav", "vissl"] as const)("decay what PyTorch decays: %s", async (name) => {
    await agrees(name, golden.strongDecay[name], mode, 0.05);
  });
});

describe("published protocols", () => {
  it("have the rates of their code", () => {
    const rates = Object.entries(linearProtocols).map(([name, { learningRate }]) => [name, learningRate]);
    expect(Object.fromEntries(rates)).toEqual({ moco: 30, pcl: 5, swav: 0.3, pycontrast: 30, vissl: 0.01 });
  });

  it("start uniformly where their code says nothing, as nn.Linear does", () => {
    const { weight, bias } = uniformProbe(100, 300, 4);
    for (const values of [weight, bias]) {
      expect(values.every((value) => Math.abs(value) <= 0.1)).toBe(true);
      const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      expect(variance / (0.01 / 3)).toBeCloseTo(1, values.length > 1000 ? 1 : 0);
    }
    expect(uniformProbe(100, 300, 4)).toEqual({ weight, bias });
    expect(uniformProbe(100, 300, 5).weight).not.toEqual(weight);
  });
});
