import { viewShape } from "@tssl/augment-zoo";
import { sgd } from "@tssl/core/run";
import { fill, meanColour, numbersOf, refusal, stepDescription, stepPart, testRun } from "@tssl/core/testing";
import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { infomin } from "./infomin.ts";
import { pirl } from "./pirl.ts";

const BATCH = 4;

const runOf = (plugin: object, imageSize = 32) =>
  testRun({
    encoder: { use: meanColour },
    plugins: [plugin],
    optimizer: { use: sgd, lr: 0.1 },
    batchSize: BATCH,
    datasetSize: 12,
    imageSize,
  });
type Run = ReturnType<typeof runOf>;

const images = (name: string) => tf.tensor4d(fill(name, BATCH * 192, 10), [BATCH, 8, 8, 3]);
const patches = (name: string) => tf.tensor5d(fill(name, BATCH * 9 * 48, 10), [BATCH, 9, 4, 4, 3]);

/** A part with patches named `jigsaw`; every other view has its own images. */
const part = (run: Run, jigsaw = "jigsaw", step = 0) => {
  const whole = Object.keys(run.views).filter((view) => view !== "jigsaw");
  const views = Object.fromEntries(whole.map((view) => [view, images(view)]));
  return { ...stepPart(run, views, step), patches: { jigsaw: patches(jigsaw) } };
};
const take = (run: Run, ...given: Parameters<typeof part> extends [Run, ...infer Rest] ? Rest : never) =>
  run.step([part(run, ...given)], tf.scalar(0.1));
const state = (run: Run, name: string) => Array.from(numbersOf(run.store.get(name).variable));

const smallInfomin = { use: infomin, dim: 4, queueSize: 6 };
const smallPirl = { use: pirl, dim: 4, negatives: 5 };

beforeAll(() => startEngine({ device: "cpu" }));

describe.each([
  ["infomin", smallInfomin, "infoNce", Math.log(7)],
  ["pirl", smallPirl, "instances", Math.log(6)],
  ["pirl", { ...smallPirl, negatives: null }, "instances", Math.log(12)],
])("%s", (name, plugin, term, chance) => {
  it("names its chance levels, log of the rows that a query is compared with", () => {
    const run = runOf(plugin);
    expect(stepDescription(run, [part(run)]).chanceLevels).toEqual({
      [`${name}/${term}`]: chance,
      [`${name}/jigsaw`]: chance,
    });
  });

  it("minimizes the weighted mean of both losses", () => {
    const run = runOf({ ...plugin, jigsawShare: 0.25 });
    const scalars = take(run);
    const [whole, jigsaw, total] = [`${name}/${term}`, `${name}/jigsaw`, "loss"].map(
      (each) => numbersOf(scalars[each]!)[0]!,
    );
    expect(total).toBeCloseTo(0.75 * whole! + 0.25 * jigsaw!, 5);
  });

  it("draws another order of the patches at each step", () => {
    const jigsawAt = (step: number) => numbersOf(take(runOf(plugin), "jigsaw", step)[`${name}/jigsaw`]!)[0];
    expect(jigsawAt(0)).toBe(jigsawAt(0));
    expect(jigsawAt(1)).not.toBe(jigsawAt(0));
  });

  it("cuts nine patches beside its views, 64 pixels at 224 and 9 at 32", () => {
    expect(viewShape(runOf(plugin, 224).views["jigsaw"]!.recipe)).toEqual([9, 64, 64, 3]);
    expect(viewShape(runOf(plugin).views["jigsaw"]!.recipe)).toEqual([9, 9, 9, 3]);
  });
});

describe("what a step leaves behind", () => {
  it.each([
    ["queue", smallInfomin, "infomin.keys.rows"],
    ["bank", smallPirl, "pirl.bank.rows"],
  ])("the %s knows nothing of the patches", (_what, plugin, name) => {
    const [one, other] = ["jigsaw", "other"].map((jigsaw) => {
      const run = runOf(plugin);
      const before = state(run, name);
      take(run, jigsaw);
      expect(state(run, name)).not.toEqual(before);
      return state(run, name);
    });
    expect(other).toEqual(one);
  });

  it("refuses a queue that is too small", async () => {
    expect(await refusal(() => runOf({ ...smallInfomin, queueSize: 3 }))).toContain(
      "INVALID_OPTION: plugins.infomin.queueSize must be at least 4",
    );
  });
});
