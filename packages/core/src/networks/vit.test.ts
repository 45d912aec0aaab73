import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { createScope } from "../state/scope.ts";
import { createStateStore } from "../state/store.ts";
import { numbersOf, readGolden } from "../testing/index.ts";
import { refusal } from "../testing/refusal.ts";
import {
  expectGolden,
  expectParameters,
  type GoldenEncoder,
  type GoldenParameters,
} from "./golden-encoder.test.data.ts";
import { vit, vitBase, type VitOptions, vitSmall, vitTiny } from "./vit.ts";

const golden = readGolden<{
  cases: (GoldenEncoder & { pool: VitOptions["pool"]; imageSize: number })[];
  parameters: GoldenParameters[];
}>(new URL("../../fixtures/vit.json", import.meta.url));

const small = vit("small", { dim: 16, depth: 2, heads: 2 });
const options: VitOptions = {
  ...{ patchSize: 4, heads: 2, pool: "class" },
  ...{ positions: "learned", fixedPatches: false },
};

/** The names and values of a small one's parameters, and those that are trained. */
function made(given: Partial<VitOptions>) {
  const store = createStateStore();
  const encoder = small.build(
    createScope(store, 3, "", true),
    { ...options, ...given },
    { imageSize: 16, channels: 3 },
  );
  const values = Object.fromEntries(
    store.entries().map(({ name, variable }) => [name, Array.from(numbersOf(variable))]),
  );
  const trained = new Set(store.trained().map(({ name }) => name));
  const roles = Object.fromEntries(store.entries().map(({ name, role }) => [name, role]));
  return { encoder, values, trained, roles };
}

const deviation = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

beforeAll(() => startEngine({ device: "cpu" }));

it.each(golden.cases)("a ViT has timm's features and gradients: $name", (example) => {
  const { pool, imageSize } = example;
  expectGolden(example, (scope) => small.build(scope, { ...options, pool }, { imageSize, channels: 3 }));
});

it.each<[string, typeof vitTiny, Partial<VitOptions>]>([
  ["vit_tiny_patch16_224", vitTiny, { heads: 3 }],
  ["vit_small_patch16_224", vitSmall, { heads: 6 }],
  ["vit_base_patch16_224", vitBase, { heads: 12 }],
  ["vit_small_patch8_224", vitSmall, { heads: 6, patchSize: 8, pool: "mean" }],
])("has the parameters of timm's %s", (name, encoder, given) => {
  const wanted = golden.parameters.find((each) => each.name === name)!;
  expectParameters(wanted, (scope) =>
    encoder.build(scope, { ...options, patchSize: 16, ...given }, { imageSize: 224, channels: 3 }),
  );
});

describe("first values", () => {
  it("are timm's", () => {
    const { values } = made({});
    expect(deviation(values["blocks.0.attn.qkv.weight"]!)).toBeCloseTo(0.02, 2);
    expect(deviation(values["pos_embed"]!)).toBeCloseTo(0.02, 2);
    expect(Math.max(...values["cls_token"]!.map(Math.abs))).toBeLessThan(5e-6);
    expect(new Set(values["blocks.1.mlp.fc1.bias"])).toEqual(new Set([0]));
    expect(Math.max(...values["patch_embed.proj.weight"]!)).toBeCloseTo(48 ** -0.5, 2);
  });

  it("of fixed patches are Xavier's, and they and fixed positions are not trained", () => {
    const { values, trained } = made({ fixedPatches: true, positions: "fixed" });
    const bound = Math.sqrt(6 / (48 + 16));
    const patches = values["patch_embed.proj.weight"]!;
    expect(Math.max(...patches)).toBeLessThan(bound);
    expect(Math.max(...patches)).toBeCloseTo(bound, 1);
    expect(values["patch_embed.proj.bias"]).toEqual(Array(16).fill(0));
    // Row 2, column 3 of 4 x 4: sines and cosines of the row, then of the column.
    const waves = [1, 10_000 ** -0.25, 10_000 ** -0.5, 10_000 ** -0.75];
    const position = [2, 3].flatMap((place) => [
      ...waves.map((wave) => Math.sin(place * wave)),
      ...waves.map((wave) => Math.cos(place * wave)),
    ]);
    const at = 16 * (1 + 2 * 4 + 3);
    values["pos_embed"]!.slice(at, at + 16).forEach((value, i) => expect(value).toBeCloseTo(position[i]!, 6));
    expect([...trained].filter((name) => /patch_embed|pos_embed/.test(name))).toEqual([]);
    expect(trained.has("cls_token")).toBe(true);
  });
});

it("leaves norms, biases and embeddings without weight decay where that is asked for", () => {
  const weights = Object.entries(made({}).roles).filter(([, role]) => role === "weight");
  expect(weights.map(([name]) => name.replace(/^blocks\.\d\./, "")).slice(0, 5)).toEqual([
    ...["patch_embed.proj.weight", "attn.qkv.weight", "attn.proj.weight", "mlp.fc1.weight", "mlp.fc2.weight"],
  ]);
  expect(weights).toHaveLength(1 + 2 * 4);
});

it("gives an image the same features whatever the batch", () => {
  const { encoder } = made({});
  const mode = { training: true, batchNormGroups: 1 };
  const images = tf.randomNormal<tf.Rank.R4>([3, 16, 16, 3], 0, 1, "float32", 5);
  const all = numbersOf(encoder.forward(images, mode));
  const second = numbersOf(encoder.forward(tf.slice(images, [1, 0, 0, 0], [1, 16, 16, 3]), mode));
  Array.from(second).forEach((value, i) => expect(value).toBeCloseTo(all[16 + i]!, 5));
});

it("refuses options that do not fit together, or not the images", async () => {
  expect(await refusal(() => made({ heads: 3 }))).toBe(
    "INVALID_OPTION: encoder.heads must divide 16, the length of a token of small, got 3.",
  );
  expect(await refusal(() => made({ patchSize: 5 }))).toBe(
    "INVALID_OPTION: encoder.patchSize must divide imageSize (16 x 16 pixels), got 5.",
  );
});
