/** The ResNets of this field, by their blocks. */
const RESNETS: Readonly<Record<string, string>> = {
  "basic 2,2,2,2": "resnet18",
  "basic 3,4,6,3": "resnet34",
  "bottleneck 3,4,6,3": "resnet50",
  "bottleneck 3,4,23,3": "resnet101",
  "bottleneck 3,8,36,3": "resnet152",
  "basic 3,3,3": "resnet20",
};

/** Channels of the first layers; wider ResNets are others. */
const WIDTH = 64;

/**
 * What kind of ResNet some names and shapes are of, for messages; undefined where they are of none that is
 * known.
 *
 * @param shapes PyTorch's, by torchvision's names.
 *
 * @example
 * ```ts
 * architectureOf(new Map([["layer1.0.conv1.weight", [64, 64, 3, 3]]])); // => undefined
 * ```
 */
export function architectureOf(shapes: ReadonlyMap<string, readonly number[]>): string | undefined {
  const blocks = new Map<number, number>();
  for (const name of shapes.keys()) {
    const [, layer, block] = /^layer(\d+)\.(\d+)\./.exec(name) ?? [];
    if (layer === undefined) continue;
    blocks.set(Number(layer), Math.max(blocks.get(Number(layer)) ?? 0, Number(block) + 1));
  }
  const kind = shapes.has("layer1.0.conv3.weight") ? "bottleneck" : "basic";
  const counts = [...blocks].sort(([a], [b]) => a - b).map(([, count]) => count);
  const name = RESNETS[`${kind} ${counts.join(",")}`];
  const stem = shapes.get("conv1.weight");
  if (name === undefined || stem?.length !== 4) return undefined;
  if (name === "resnet20") return name;
  if (stem[0] !== WIDTH || shapes.get("layer1.0.conv2.weight")?.[0] !== WIDTH) return undefined;
  return `${name} with ${stem[2] === 7 ? "stem: imagenet" : "stem: cifar"}`;
}
