import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { batchNorm, convolution } from "./layers.ts";
import { assembleNetwork } from "./network.ts";
import { linearHead } from "./projection-head.ts";
import { createScope } from "../state/scope.ts";
import { assertClose, numbersOf, refusedWith, tensorsLeft } from "../testing/index.ts";
import { followByEma } from "./ema.ts";
import { createStateStore, type StateStore } from "../state/store.ts";

/** A convolution, batch norm, the mean over the image, and a linear head. */
function network(store: StateStore, name: string, trained: boolean, layer = "conv") {
  const scope = createScope(store, 0, `${name}.`, trained);
  const convolve = convolution(scope, layer, { from: 3, to: 2, size: 1 });
  const normalize = batchNorm<tf.Tensor4D>(scope, "bn", 2);
  const encoder = {
    featureDim: 2,
    forward: (images: tf.Tensor4D, mode: Parameters<typeof normalize>[1]) =>
      tf.mean<tf.Tensor2D>(normalize(convolve(images, mode), mode), [1, 2]),
  };
  return assembleNetwork(name, encoder, linearHead({ dim: 2 })(scope.child("head"), 2), {
    batchNormGroups: 1,
  });
}

function pair(momentum: number) {
  const store = createStateStore();
  const online = network(store, "online", true);
  store.get("online.bn.running_mean").variable.assign(tf.tensor1d([5, 6]));
  const ema = followByEma(store, online, network(store, "target", false), () => tf.scalar(momentum));
  const value = (name: string) => store.get(name).variable;
  return { store, online, ema, value };
}
const images = () => tf.randomUniform<tf.Rank.R4>([4, 2, 2, 3], -1, 1, "float32", 1);

beforeAll(() => startEngine({ device: "cpu" }));

describe("a momentum encoder", () => {
  it("starts as a copy, running statistics included", () => {
    const { store, value } = pair(0.9);
    const own = store.entries().filter(({ name }) => name.startsWith("online."));
    expect(own).toHaveLength(7);
    for (const { name, variable } of own) {
      assertClose(value(name.replace("online", "target")), numbersOf(variable), 0, name);
    }
  });

  it("moves by m * copy + (1 - m) * online", () => {
    const { ema, value } = pair(0.9);
    value("target.conv.weight").assign(tf.fill([1, 1, 3, 2], 2));
    value("online.conv.weight").assign(tf.fill([1, 1, 3, 2], -8));
    ema.update(undefined);
    assertClose(value("target.conv.weight"), new Array<number>(6).fill(1), 1e-6);
    expect(new Set(value("online.conv.weight").dataSync())).toEqual(new Set([-8]));
  });

  it("stays equal to the bit where both are equal", () => {
    const { ema, value } = pair(0.999);
    const before = numbersOf(value("target.conv.weight"));
    ema.update(undefined);
    assertClose(value("target.conv.weight"), before, 0);
  });

  it("does not average running statistics; the copy has its own", () => {
    const { ema, online, value } = pair(0.5);
    online.embed(images());
    const before = numbersOf(value("target.bn.running_mean"));
    ema.update(undefined);
    assertClose(value("target.bn.running_mean"), before, 0);
    ema.embed(images());
    expect(value("target.bn.running_mean").dataSync()).not.toEqual(before);
    ema.features(images());
  });

  it("embeds as the online network does, without gradient and without leftovers", () => {
    const { ema, online } = pair(0.9);
    const x = images();
    assertClose(ema.embed(x), numbersOf(online.embed(x)), 1e-6);
    assertClose(ema.features(x), numbersOf(online.features(x)), 1e-6);
    const gradient = tf.grad((a) => tf.add(tf.sum(a), tf.sum(ema.embed(a as tf.Tensor4D))))(x);
    expect(new Set(gradient.dataSync())).toEqual(new Set([1]));
    expect(tensorsLeft(() => ema.embed(x))).toBe(1);
    expect(tensorsLeft(() => tf.tidy(() => ema.update(undefined)))).toBe(0);
  });

  it("refuses a copy whose parameters have other names", async () => {
    const store = createStateStore();
    const online = network(store, "online", true);
    const other = network(store, "target", false, "convolution");
    expect(await refusedWith(() => followByEma(store, online, other, () => tf.scalar(1)))).toEqual({
      code: "INVALID_PLUGIN",
      data: { follower: "target", leader: "online", parameter: "conv.weight" },
    });
  });
});
