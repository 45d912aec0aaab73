import { expect, it } from "vitest";

import { architectureOf } from "./architecture.ts";

/** The shapes that tell: of the stem, and of the last block of each stage. */
function shapes(
  blocks: readonly number[],
  { stem = 7, width = 64, isBottleneck = false } = {},
): ReadonlyMap<string, readonly number[]> {
  return new Map<string, readonly number[]>([
    ["conv1.weight", [width, 3, stem, stem]],
    ["layer1.0.conv2.weight", [width, width, 3, 3]],
    ...(isBottleneck ? [["layer1.0.conv3.weight", [4 * width, width, 1, 1]] as const] : []),
    ...blocks.map((count, i) => [`layer${i + 1}.${count - 1}.conv1.weight`, [1, 1, 3, 3]] as const),
  ]);
}

it.each([
  [shapes([2, 2, 2, 2]), "resnet18 with stem: imagenet"],
  [shapes([3, 4, 6, 3], { stem: 3 }), "resnet34 with stem: cifar"],
  [shapes([3, 4, 6, 3], { isBottleneck: true }), "resnet50 with stem: imagenet"],
  [shapes([3, 8, 36, 3], { isBottleneck: true }), "resnet152 with stem: imagenet"],
  [shapes([3, 3, 3], { stem: 3, width: 16 }), "resnet20"],
  [shapes([2, 2, 2, 2], { width: 128 }), undefined],
  [shapes([5, 5]), undefined],
  [new Map(), undefined],
])("tells ResNets by their blocks, stem and width: %#", (given, name) => {
  expect(architectureOf(given)).toBe(name);
});
