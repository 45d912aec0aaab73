/** The Vision Transformers of this field, by the length of a token. */
const VITS: Readonly<Record<number, string>> = { 192: "tiny", 384: "small", 768: "base" };
const VIT_DEPTH = 12;

/** The ResNets of this field, by their blocks. */
const RESNETS: Readonly<Record<string, string>> = {
  "basic 2,2,2,2": "resnet18",
  "basic 3,4,6,3": "resnet34",
  "bottleneck 3,4,6,3": "resnet50",
  "bottleneck 3,4,23,3": "resnet101",
  "bottleneck 3,8,36,3": "resnet152",
  "basic 3,3,3": "resnet20",
};

/** Those made from them, by the groups of their 3x3 convolutions and the channels of a group. */
const MADE_FROM_RESNETS: Readonly<Record<string, string>> = {
  "resnet50 32 4": "resnext50_32x4d",
  "resnet50 1 128": "wide_resnet50_2",
};

/** Channels of the first layers; wider ResNets are others. */
const WIDTH = 64;

/** Layer norm, which no library's ResNets have, keeps no running statistics. */
const hasLayerNorm = (shapes: ReadonlyMap<string, readonly number[]>): boolean =>
  shapes.has("bn1.weight") && !shapes.has("bn1.running_mean");

/**
 * What encoder some names and shapes are of: a ResNet by torchvision's name, "vit_tiny_patch16" as timm's
 * names begin, "convnext_tiny"; undefined where they are of none that is known.
 *
 * @param shapes PyTorch's, by torchvision's names of a ResNet, by timm's of another encoder.
 *
 * @example
 * ```ts
 * architectureOf(new Map([["layer1.0.conv1.weight", [64, 64, 3, 3]]])); // => undefined
 * ```
 */
export function architectureOf(shapes: ReadonlyMap<string, readonly number[]>): string | undefined {
  if (shapes.has("pos_embed")) return vitOf(shapes);
  return shapes.has("stages.0.blocks.0.gamma") ? convnextOf(shapes) : resnetOf(shapes);
}

function vitOf(shapes: ReadonlyMap<string, readonly number[]>): string | undefined {
  const [dim = 0, , patchSize] = shapes.get("patch_embed.proj.weight") ?? [];
  const isDeep = shapes.has(`blocks.${VIT_DEPTH - 1}.norm1.weight`);
  const isDeeper = shapes.has(`blocks.${VIT_DEPTH}.norm1.weight`);
  const size = isDeep && !isDeeper ? VITS[dim] : undefined;
  return size === undefined ? undefined : `vit_${size}_patch${patchSize}`;
}

/** @param shapes by timm's names, which have no number of blocks that "tiny" has not. */
function convnextOf(shapes: ReadonlyMap<string, readonly number[]>): string | undefined {
  const isTiny =
    shapes.get("stem.0.weight")?.[0] === 96 &&
    shapes.has("stages.2.blocks.8.gamma") &&
    !shapes.has("stages.2.blocks.9.gamma");
  return isTiny ? "convnext_tiny" : undefined;
}

function resnetOf(shapes: ReadonlyMap<string, readonly number[]>): string | undefined {
  const blocks = new Map<number, number>();
  for (const name of shapes.keys()) {
    const [, layer, block] = /^layer(\d+)\.(\d+)\./.exec(name) ?? [];
    if (layer === undefined) continue;
    blocks.set(Number(layer), Math.max(blocks.get(Number(layer)) ?? 0, Number(block) + 1));
  }
  const kind = shapes.has("layer1.0.conv3.weight") ? "bottleneck" : "basic";
  const counts = [...blocks].sort(([a], [b]) => a - b).map(([, count]) => count);
  const resnet = RESNETS[`${kind} ${counts.join(",")}`];
  const stem = shapes.get("conv1.weight");
  if (resnet === undefined || stem?.length !== 4 || hasLayerNorm(shapes)) return undefined;
  if (resnet === "resnet20") return resnet;
  const name = inWidth(resnet, shapes.get("layer1.0.conv2.weight"));
  if (stem[0] !== WIDTH || name === undefined) return undefined;
  return `${name} with ${stem[2] === 7 ? "stem: imagenet" : "stem: cifar"}`;
}

/** @param inside the first 3x3 convolution of a block after the first, `[out, in / groups, 3, 3]`. */
function inWidth(resnet: string, inside: readonly number[] | undefined): string | undefined {
  const [out = 0, from = 0] = inside ?? [];
  if (out === WIDTH && from === WIDTH) return resnet;
  return MADE_FROM_RESNETS[`${resnet} ${out / from} ${from}`];
}

/** The options of `resnet50` that make torchvision's networks of it. */
const BOTTLENECKS: Readonly<Record<string, object>> = {
  resnext50_32x4d: { groups: 32, widthPerGroup: 4 },
  wide_resnet50_2: { widthPerGroup: 128 },
};

/**
 * The section `encoder` of a config that makes an architecture; its name is that of an encoder, but for those
 * that options make.
 *
 * @param architecture as `architectureOf` calls it.
 *
 * @example
 * ```ts
 * encoderSectionOf("wide_resnet50_2 with stem: imagenet");
 * // => { use: "resnet50", stem: "imagenet", widthPerGroup: 128 }
 * ```
 */
export function encoderSectionOf(
  architecture: string,
): Readonly<Record<string, unknown>> & { readonly use: string } {
  const [, size, patchSize] = /^vit_(\w+)_patch(\d+)$/.exec(architecture) ?? [];
  if (size !== undefined) return { use: `vit-${size}`, patchSize: Number(patchSize) };
  if (architecture === "convnext_tiny") return { use: "convnext-tiny" };
  const [name, stem] = architecture.split(" with stem: ") as [string, string?];
  const options = BOTTLENECKS[name];
  return {
    use: options === undefined ? name : "resnet50",
    ...(stem === undefined ? {} : { stem }),
    ...options,
  };
}
