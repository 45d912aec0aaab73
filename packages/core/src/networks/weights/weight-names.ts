/**
 * How a library calls the parameters of an encoder: of a ResNet those that torchvision calls `conv1.weight`,
 * `layer1.0.bn1.bias`, of others those that timm calls `patch_embed.proj.weight`.
 */
export interface Naming {
  /** Whose names they are. */
  readonly of: string;
  /** @param name ours: torchvision's of a ResNet, timm's of another encoder. @returns theirs, after whatever prefix. */
  readonly theirs: (name: string) => string;
}

/**
 * The names of `nn.Sequential(*resnet.children())`: places instead of names, which begin with the first
 * convolution and its batch norm.
 *
 * @param firstLayer the place of `layer1`.
 */
const byPlace =
  (firstLayer: number, blockName: (rest: string) => string = (rest) => rest) =>
  (name: string): string => {
    const layer = /^layer(\d)\.(.*)$/.exec(name);
    if (layer !== null) return `${firstLayer + Number(layer[1]) - 1}.${blockName(layer[2]!)}`;
    return name.replace(/^conv1\./, "0.").replace(/^bn1\./, "1.");
  };

/** The names of detectron2's ResNets, as in the converters of MoCo and solo-learn. */
export const detectronName = (name: string): string =>
  (/^layer\d/.test(name) ? name : `stem.${name}`)
    .replace(/^layer(\d)/, (_, layer: string) => `res${Number(layer) + 1}`)
    .replace(/\bbn(\d)\b/, "conv$1.norm")
    .replace("downsample.0", "shortcut")
    .replace("downsample.1", "shortcut.norm");

/** What torchvision calls the layers of a ConvNeXt's block, by timm's names. */
const CONVNEXT_BLOCK: Readonly<Record<string, string>> = {
  conv_dw: "block.0",
  norm: "block.2",
  "mlp.fc1": "block.3",
  "mlp.fc2": "block.5",
};

/** `stages.1.blocks.2.conv_dw.bias` of timm is `features.3.2.block.0.bias` of torchvision. */
const torchvisionConvnext = (name: string): string =>
  name
    .replace(/^stem\./, "features.0.")
    .replace(/^head\.norm\./, "classifier.0.")
    .replace(/^stages\.(\d)\.downsample\./, (_, stage: string) => `features.${2 * Number(stage)}.`)
    .replace(/^stages\.(\d)\.blocks\.(\d+)\./, (_, stage: string, place: string) => {
      return `features.${2 * Number(stage) + 1}.${place}.`;
    })
    .replace(/\.gamma$/, ".layer_scale")
    .replace(/\.(conv_dw|norm|mlp\.fc\d)\.(weight|bias)$/, (_, layer: string, value: string) => {
      return `.${CONVNEXT_BLOCK[layer]}.${value}`;
    });

/** The names of ConvNeXt's authors, facebookresearch/ConvNeXt. */
const authorsConvnext = (name: string): string =>
  name
    .replace(/^stem\./, "downsample_layers.0.")
    .replace(/^stages\.(\d)\.downsample\./, "downsample_layers.$1.")
    .replace(/\.blocks\./, ".")
    .replace("conv_dw", "dwconv")
    .replace("mlp.fc", "pwconv")
    .replace(/^head\.norm\./, "norm.");

/** Every naming that is recognised, the commonest first. */
export const namings: readonly Naming[] = [
  { of: "torchvision and timm", theirs: (name) => name },
  { of: "timm with a class token", theirs: (name) => name.replace(/^fc_norm\./, "norm.") },
  { of: "torchvision's ConvNeXt", theirs: torchvisionConvnext },
  { of: "ConvNeXt's authors", theirs: authorsConvnext },
  { of: "nn.Sequential of torchvision's layers (lightly)", theirs: byPlace(4) },
  { of: "nn.Sequential without max pooling (SimCLR ports)", theirs: byPlace(3) },
  {
    of: "lightly's ResNetGenerator",
    theirs: byPlace(2, (rest) => rest.replace("downsample", "shortcut")),
  },
  { of: "detectron2", theirs: detectronName },
];

/** PyTorch counts batches per batch norm; nothing here depends on it. */
export const isBatchCount = (name: string): boolean => /(^|\.)num_batches_tracked$/.test(name);

/** A prefix of a network that follows another one: MoCo's key encoder, BYOL's target, DINO's teacher. */
export const isFollower = (prefix: string): boolean =>
  /(^|[._])(momentum|target|teacher|ema|encoder_k|key|backbone_momentum)/.test(prefix);
