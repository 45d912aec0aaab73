import { startEngine } from "@tssl/engine";
import { beforeAll, describe, expect, it } from "vitest";

import { parseConfig } from "../config/parse-config.ts";
import { linearHead } from "../networks/projection-head.ts";
import { sgd } from "../optimizers/sgd.ts";
import { definePlugin } from "../plugins/plugin.ts";
import type { ErrorData, TsslErrorCode } from "../errors.ts";
import { worldOfOne } from "../state/replicas.ts";
import { numbersOf, refusedWith, tensorsLeft, testRun, type TestRun } from "../testing/index.ts";
import { meanColour, pullToZero } from "../testing/pull-to-zero.ts";
import { type PreparedRun, prepareRun, runFacts } from "./prepare-run.ts";

const run = (change: Partial<TestRun> = {}) =>
  testRun({
    plugins: [{ use: pullToZero("toy") }],
    encoder: { use: meanColour },
    optimizer: { use: sgd, lr: 0.4 },
    batchSize: 4,
    datasetSize: 40,
    ...change,
  });
const rates = ({ learningRate, facts }: PreparedRun) =>
  Array.from({ length: facts.totalSteps }, (_, step) => learningRate(step, facts.totalSteps));

const onlyTerm = definePlugin<object>({
  name: "term",
  options: { type: "object", required: [], properties: {} },
  views: () => ({ image: { recipe: [{ op: "centerCrop", size: 4 }] } }),
  setup: () => ({ step: () => ({ terms: {} }) }),
});

beforeAll(() => startEngine({ device: "cpu" }));

describe("prepareRun", () => {
  it("knows the run's facts; images that do not fill a batch wait", () => {
    expect(run({ datasetSize: 43, accumulate: 2 }).facts).toEqual({
      imageSize: 32,
      pixels: { channels: 3, depth: 8 },
      batchSize: 4,
      microBatchSize: 2,
      imagesPerPass: 2,
      replicas: 1,
      datasetSize: 43,
      stepsPerEpoch: 10,
      totalSteps: 10,
    });
  });

  it("refuses replicas that cannot share a pass, or the groups of its batch norm", async () => {
    expect(await refusedWith(() => run({ batchSize: 16, accumulate: 2, replicas: 3 }))).toEqual({
      code: "INVALID_OPTION",
      data: { path: "engine.replicas", got: 3, images: 8 },
    });
    const grouped = definePlugin<object>({
      name: "grouped",
      options: { type: "object", required: [], properties: {} },
      views: () => ({ image: { recipe: [{ op: "centerCrop", size: 4 }] } }),
      setup(build) {
        build.network("network", { head: linearHead({ dim: 1 }), batchNormGroups: 2 });
        return { step: () => ({ terms: {} }) };
      },
    });
    const config = parseConfig(
      {
        ...{ epochs: 1, batchSize: 8, data: { train: "." }, encoder: { use: meanColour } },
        ...{ plugins: [{ use: grouped }], optimizer: { use: sgd, lr: 1 } },
      },
      { plugins: {}, encoders: {}, optimizers: {} },
      "test",
    );
    const replicas = { ...worldOfOne, size: 4 };
    const facts = runFacts(config, 8, { replicas: 4 });
    expect(await refusedWith(() => prepareRun(config, facts, { replicas }))).toEqual({
      code: "INVALID_OPTION",
      data: { path: "plugins.grouped.batchNormGroups", got: 2, replicas: 4 },
    });
  });

  it("names everything after plugin, network and layer", () => {
    const { store, network } = run();
    expect(network.name).toBe("toy.network");
    expect(store.entries().map(({ name }) => name)).toEqual([
      "toy.network.encoder.fc.weight",
      "toy.network.encoder.fc.bias",
      "toy.network.head.0.weight",
      "toy.network.head.0.bias",
      ...["encoder.fc.weight", "encoder.fc.bias", "head.0.weight", "head.0.bias"].map(
        (name) => `optimizer.toy.network.${name}.velocity`,
      ),
    ]);
  });

  it("starts from the seed alone", () => {
    const weight = (seed: number) =>
      numbersOf(run({ seed }).store.get("toy.network.encoder.fc.weight").variable);
    expect(weight(1)).toEqual(weight(1));
    expect(weight(1)).not.toEqual(weight(2));
  });

  it("starts methods of one seed alike, whatever they name networks, and a second one otherwise", () => {
    const second = definePlugin<object>({
      name: "second",
      options: { type: "object", required: [], properties: {} },
      setup(build) {
        build.network("another", { head: linearHead({ dim: 2 }) });
        return { step: () => ({ terms: {} }) };
      },
    });
    const valuesOf = (plugin: string, prepared: PreparedRun) =>
      ["encoder.fc.weight", "encoder.fc.bias", "head.0.weight"].map((name) =>
        Array.from(numbersOf(prepared.store.get(`${plugin}.${name}`).variable)),
      );
    const one = valuesOf("one.network", run({ plugins: [{ use: pullToZero("one") }] }));
    const both = run({ plugins: [{ use: pullToZero("two") }, { use: second }] });
    expect(valuesOf("two.network", both)).toEqual(one);
    for (const [i, values] of valuesOf("second.another", both).entries()) expect(values).not.toEqual(one[i]);
  });

  it("makes the learning rate from the config: warm-up in epochs, then the schedule", () => {
    const warm = rates(run({ optimizer: { use: sgd, lr: 0.4, warmupEpochs: 0.2, schedule: "constant" } }));
    expect(warm).toEqual([0.2, ...new Array<number>(9).fill(0.4)]);
    const falling = rates(run());
    expect([falling[0], falling[5]]).toEqual([0.4, 0.2]);
    const stepped = rates(run({ optimizer: { use: sgd, lr: 0.4, schedule: "steps", factor: 0.5 } }));
    expect(stepped).toEqual([...new Array<number>(6).fill(0.4), 0.2, 0.2, 0.1, 0.1]);
  });

  it("frees everything, also when a plugin's setup fails", () => {
    expect(tensorsLeft(() => run().dispose())).toBe(0);
    const failing = pullToZero("failing", () => {
      throw new Error("no luck");
    });
    const prepare = () => expect(() => run({ plugins: [{ use: failing }] })).toThrow("no luck");
    expect(tensorsLeft(prepare)).toBe(0);
  });

  it.each<[TsslErrorCode, ErrorData, Partial<TestRun>]>([
    ["INVALID_OPTION", { path: "accumulate", got: 3, batchSize: 4 }, { accumulate: 3 }],
    ["INVALID_OPTION", { path: "batchSize", got: 4, images: 3 }, { datasetSize: 3 }],
    ["INVALID_PLUGIN", { plugins: [] }, { plugins: [{ use: onlyTerm }] }],
    [
      "INVALID_PLUGIN",
      { plugins: ["one", "other"] },
      { plugins: [{ use: pullToZero("one") }, { use: pullToZero("other") }] },
    ],
  ])("refuses with %s and %j", async (code, data, change) => {
    expect(await refusedWith(() => run(change))).toEqual({ code, data });
  });
});
