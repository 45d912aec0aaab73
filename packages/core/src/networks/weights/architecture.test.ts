import { expect, it } from "vitest";

import { architectureOf, encoderSectionOf } from "./architecture.ts";

/** The shapes that tell: of the stem, and of the last block of each stage. */
function shapes(
  blocks: readonly number[],
  { stem = 7, width = 64, inside = undefined as readonly number[] | undefined, isBottleneck = false } = {},
): ReadonlyMap<string, readonly number[]> {
  return new Map<string, readonly number[]>([
    ["conv1.weight", [width, 3, stem, stem]],
    ["layer1.0.conv2.weight", [...(inside ?? [width, width]), 3, 3]],
    ...(isBottleneck ? [["layer1.0.conv3.weight", [4 * width, width, 1, 1]] as const] : []),
    ...blocks.map((count, i) => [`layer${i + 1}.${count - 1}.conv1.weight`, [1, 1, 3, 3]] as const),
  ]);
}

it.each([
  [shapes([2, 2, 2, 2]), "resnet18 with stem: imagenet"],
  [shapes([3, 4, 6, 3], { stem: 3 }), "resnet34 with stem: cifar"],
  [shapes([3, 4, 6, 3], { isBottleneck: true }), "resnet50 with stem: imagenet"],
  [shapes([3, 4, 6, 3], { isBottleneck: true, inside: [128, 4] }), "resnext50_32x4d with stem: imagenet"],
  [
    shapes([3, 4, 6, 3], { isBottleneck: true, inside: [128, 128], stem: 3 }),
    "wide_resnet50_2 with stem: cifar",
  ],
  [shapes([3, 4, 6, 3], { isBottleneck: true, inside: [256, 8] }), undefined],
  [shapes([3, 8, 36, 3], { isBottleneck: true }), "resnet152 with stem: imagenet"],
  [shapes([3, 3, 3], { stem: 3, width: 16 }), "resnet20"],
  [shapes([2, 2, 2, 2], { width: 128 }), undefined],
  [shapes([5, 5]), undefined],
  [
    new Map([...shapes([2, 2, 2, 2]), ["bn1.weight", [64]], ["bn1.running_mean", [64]]]),
    "resnet18 with stem: imagenet",
  ],
  [new Map([...shapes([2, 2, 2, 2]), ["bn1.weight", [64]]]), undefined], // layer norm
  [new Map(), undefined],
])("tells ResNets by their blocks, stem and width: %#", (given, name) => {
  expect(architectureOf(given)).toBe(name);
});

it("tells Vision Transformers by the length of their tokens, their patches and their depth", () => {
  const vitShapes = (dim: number, depth: number) =>
    new Map<string, readonly number[]>([
      ["pos_embed", [1, 197, dim]],
      ["patch_embed.proj.weight", [dim, 3, 8, 8]],
      ...Array.from({ length: depth }, (_, i) => [`blocks.${i}.norm1.weight`, [dim]] as const),
    ]);
  expect(architectureOf(vitShapes(384, 12))).toBe("vit_small_patch8");
  expect(architectureOf(vitShapes(100, 12))).toBeUndefined();
  expect(architectureOf(vitShapes(384, 24))).toBeUndefined();
});

it("tells ConvNeXt-T by its channels and its blocks", () => {
  const convnextShapes = (blocks: number) =>
    new Map<string, readonly number[]>([
      ["stem.0.weight", [96, 3, 4, 4]],
      ["stages.0.blocks.0.gamma", [96]],
      ...Array.from({ length: blocks }, (_, i) => [`stages.2.blocks.${i}.gamma`, [384]] as const),
    ]);
  expect(architectureOf(convnextShapes(9))).toBe("convnext_tiny");
  expect(architectureOf(convnextShapes(27))).toBeUndefined(); // ConvNeXt-S
});

it.each([
  ["convnext_tiny", { use: "convnext-tiny" }],
  ["vit_small_patch8", { use: "vit-small", patchSize: 8 }],
  ["resnet20", { use: "resnet20" }],
  ["resnet18 with stem: cifar", { use: "resnet18", stem: "cifar" }],
  [
    "resnext50_32x4d with stem: imagenet",
    { use: "resnet50", stem: "imagenet", groups: 32, widthPerGroup: 4 },
  ],
])("says how a config asks for %s", (architecture, section) => {
  expect(encoderSectionOf(architecture)).toEqual(section);
});
