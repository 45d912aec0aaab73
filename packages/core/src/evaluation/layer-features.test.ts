import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { assertClose, assertProbe, type Generated, generated, modes, type Probe, readGolden } from "../testing/index.ts"; // prettier-ignore
import { convnext } from "../networks/convnext.ts";
import { type AnyEncoder, type EncoderStage, sideOfMap } from "../networks/encoder.ts";
import { resnet18, resnet20, resnet50 } from "../networks/resnet.ts";
import { steps } from "../state/schedules.ts";
import { createScope } from "../state/scope.ts";
import { createStateStore } from "../state/store.ts";
import { rowsOf } from "../state/rows-of.ts";
import { pooledStage } from "./layer-features.ts";
import { type ProbeEpoch, probeScores, trainLinearProbes } from "./linear-probe.ts";

interface Pooled {
  map: Generated;
  shape: [number, number, number, number];
  pooled: Probe;
}
const golden = readGolden<{
  published: Record<string, Pooled>;
  adaptive: Record<string, Pooled>;
  classifier: {
    train: Generated;
    trainLabels: number[];
    test: Generated;
    weight: Generated;
    bias: Generated;
    learningRate: number;
    weightDecay: number;
    batchSize: number;
    losses: number[];
    scores: number[];
  };
}>(new URL("../../fixtures/linear-layers.json", import.meta.url));

beforeAll(() => startEngine({ device: "cpu" }));

/** A stage with maps of as many pixels as the images have, and of as many channels as this one. */
const stageOf = ({ map }: Pooled): EncoderStage => ({
  ...{ name: "map", channels: map.shape[3]!, stride: 1 },
  forward: (images) => images,
});

describe("a pooled stage", () => {
  it.each(Object.entries({ ...golden.published, ...golden.adaptive }))(
    "is PyTorch's pooling: %s",
    (what, golden) => {
      const [, height, width] = golden.map.shape as [number, number, number];
      const { pool, dim } = pooledStage(stageOf(golden), [height, width]);
      const [count, rows, columns, channels] = golden.shape;
      tf.tidy(() => {
        const pooled = pool(generated(golden.map) as tf.Tensor4D);
        expect(pooled.shape).toEqual([count, dim]);
        expect(dim).toBe(rows * columns * channels);
        assertProbe(pooled, golden.pooled, 1e-5, { what });
      });
    },
  );

  it("takes a ResNet-50's layers to the published numbers of 224 pixels", () => {
    const stages = stagesOf(resnet50, { groups: 1, widthPerGroup: 64, stem: "imagenet" });
    expect(stages.map(({ name }) => name)).toEqual(["conv1", "res2", "res3", "res4", "res5"]);
    const dims = stages.map((stage) => pooledStage(stage, 224).dim);
    expect(dims).toEqual([9216, 9216, 8192, 9216, 8192]);
  });
});

function stagesOf(
  { build }: AnyEncoder,
  options: Readonly<Record<string, unknown>>,
): readonly EncoderStage[] {
  const store = createStateStore();
  const scope = createScope(store, 1, "", true);
  const all = { norm: "batch", recompute: false, ...options } as never;
  const { stages } = build(scope, all, { imageSize: 32, channels: 3 });
  return stages!;
}

describe("the stages of an encoder", () => {
  const small = convnext("small", { depths: [1, 1, 1, 1], dims: [4, 6, 8, 10] });
  it.each<[string, AnyEncoder, Readonly<Record<string, unknown>>, [string, number, number[]][]]>([
    [
      "resnet18 for ImageNet",
      resnet18,
      { stem: "imagenet" },
      [
        ["conv1", 2, [23, 19, 64]],
        ["res2", 4, [12, 10, 64]],
        ["res3", 8, [6, 5, 128]],
        ["res4", 16, [3, 3, 256]],
        ["res5", 32, [2, 2, 512]],
      ],
    ],
    [
      "resnet20",
      resnet20,
      { widths: [4, 8, 16] },
      [
        ["conv1", 1, [45, 38, 4]],
        ["res2", 1, [45, 38, 4]],
        ["res3", 2, [23, 19, 8]],
        ["res4", 4, [12, 10, 16]],
      ],
    ],
    [
      "a ConvNeXt",
      small,
      {},
      [
        ["stem", 4, [11, 9, 4]],
        ["res2", 4, [11, 9, 4]],
        ["res3", 8, [5, 4, 6]],
        ["res4", 16, [2, 2, 8]],
        ["res5", 32, [1, 1, 10]],
      ],
    ],
  ])("have maps of these sides and channels: %s", (_, encoder, options, wanted) => {
    tf.tidy(() => {
      let map = tf.randomNormal<tf.Rank.R4>([1, 45, 38, 3], 0, 1, "float32", 3);
      const found = stagesOf(encoder, options).map((stage) => {
        map = stage.forward(map, { training: false, batchNormGroups: 1 });
        const [, ...shape] = map.shape;
        const sides = [45, 38].map((side) => sideOfMap(stage, side));
        expect(shape).toEqual([...sides, stage.channels]);
        return [stage.name, stage.stride, shape];
      });
      expect(found).toEqual(wanted);
    });
  });
});

describe.each(modes.map((mode) => ({ mode })))("a classifier on maps in mode $mode", ({ mode }) => {
  it("is PyTorch's BatchNorm2d before Linear", async () => {
    const { train, trainLabels, test, weight, bias, batchSize, losses, ...want } = golden.classifier;
    const valuesOf = (recipe: Generated) => tf.tidy(() => generated(recipe).dataSync() as Float32Array);
    const [count, height, width, channels] = train.shape as [number, number, number, number];
    const dim = height * width * channels;
    const values = valuesOf(train);
    const batches: ProbeEpoch = function* (epoch) {
      const order = Int32Array.from({ length: count }, (_, i) => (7 * i + 3 * epoch) % count);
      for (let start = 0; start < count; start += batchSize) {
        const indices = order.slice(start, start + batchSize);
        yield {
          features: rowsOf(values, dim, indices),
          labels: indices.map((index) => trainLabels[index]!),
        };
      }
    };
    const [probe] = await trainLinearProbes(batches, {
      ...{ dim, channels, classes: bias.shape[0]!, epochs: losses.length, mode },
      learningRates: [want.learningRate, 3 * want.learningRate], // beside another one
      schedule: steps({
        value: 1,
        milestones: [4, 7, 11].map((epoch) => epoch / losses.length),
        factor: 0.1,
      }),
      ...{ initialWeight: valuesOf(weight), initialBias: valuesOf(bias) },
      ...{ weightDecay: want.weightDecay, nesterov: true, batchNorm: true },
    });
    assertClose(probe!.losses, losses, 2e-5, "losses");
    const tested = { values: valuesOf(test), count: test.shape[0]!, dim };
    assertClose(await probeScores(probe!, tested), want.scores, 1e-4, "scores");
  });
});
