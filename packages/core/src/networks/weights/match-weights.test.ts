import { describe, expect, it } from "vitest";

import { matchWeights } from "./match-weights.ts";

const LAYERS = ["conv1.weight", "bn1.weight", "bn1.running_mean"];
const WANTED = [...LAYERS, "layer1.0.conv1.weight", "layer2.0.downsample.0.weight", "layer4.1.bn2.bias"];

const SEQUENTIAL = ["0.weight", "1.weight", "1.running_mean", "4.0.conv1.weight", "5.0.downsample.0.weight"];

/** What checkpoints call these parameters, by who wrote them, and what else is in them. */
const checkpoints: readonly (readonly [
  string,
  { prefix: string; names: readonly string[]; rest: readonly string[] },
])[] = [
  ["torchvision and timm", { prefix: "", names: WANTED, rest: ["fc.weight", "fc.bias"] }],
  [
    "MoCo v1 and v2",
    {
      prefix: "module.encoder_q.",
      names: WANTED,
      rest: [
        ...WANTED.map((name) => `module.encoder_k.${name}`),
        "module.encoder_q.fc.0.weight",
        "module.queue",
      ],
    },
  ],
  [
    "MoCo v3",
    {
      prefix: "module.base_encoder.",
      names: WANTED,
      rest: [...WANTED.map((name) => `module.momentum_encoder.${name}`), "module.predictor.0.weight"],
    },
  ],
  [
    "solo-learn",
    {
      prefix: "backbone.",
      names: WANTED,
      rest: [...WANTED.map((name) => `momentum_backbone.${name}`), "classifier.weight", "projector.0.weight"],
    },
  ],
  [
    "a SimCLR port",
    { prefix: "encoder.", names: WANTED, rest: ["projector.0.weight", "projector.2.weight"] },
  ],
  [
    "SwAV",
    {
      prefix: "module.",
      names: WANTED,
      rest: ["module.projection_head.0.weight", "module.prototypes.weight"],
    },
  ],
  [
    "lightly",
    {
      prefix: "backbone.",
      names: [...SEQUENTIAL, "7.1.bn2.bias"],
      rest: ["projection_head.layers.0.weight"],
    },
  ],
  [
    "a SimCLR port of layers in a row",
    {
      prefix: "f.",
      names: [
        "0.weight",
        "1.weight",
        "1.running_mean",
        "3.0.conv1.weight",
        "4.0.downsample.0.weight",
        "6.1.bn2.bias",
      ],
      rest: ["g.0.weight"],
    },
  ],
  [
    "lightly's ResNetGenerator",
    {
      prefix: "backbone.",
      names: [
        "0.weight",
        "1.weight",
        "1.running_mean",
        "2.0.conv1.weight",
        "3.0.shortcut.0.weight",
        "5.1.bn2.bias",
      ],
      rest: [],
    },
  ],
  [
    "detectron2",
    {
      prefix: "",
      names: [
        ...["stem.conv1.weight", "stem.conv1.norm.weight", "stem.conv1.norm.running_mean"],
        ...["res2.0.conv1.weight", "res3.0.shortcut.weight", "res5.1.conv2.norm.bias"],
      ],
      rest: [],
    },
  ],
];

describe.each(checkpoints)("the names of %s", (_, { prefix, names, rest }) => {
  const theirs = names.map((name) => prefix + name);
  const count = `${prefix}${names[1]!.replace("weight", "num_batches_tracked")}`;

  it.each([
    ["first", [...theirs, count, ...rest]],
    ["last", [...rest, count, ...theirs]],
  ])("are found where they come %s, and what else is there is listed", (_, all) => {
    const match = matchWeights(WANTED, all);
    expect(match.prefix).toBe(prefix);
    expect([...match.inFile]).toEqual(WANTED.map((name, i) => [name, theirs[i]]));
    expect(match.leftOver).toEqual(rest);
  });
});

describe("the names of a Vision Transformer", () => {
  const WANTED = ["cls_token", "pos_embed", "patch_embed.proj.weight", "blocks.0.attn.qkv.weight"];

  it.each([
    ["timm", "", ["head.weight"]],
    ["DINO", "module.backbone.", ["module.head.mlp.0.weight"]],
    [
      "MoCo v3",
      "module.base_encoder.",
      [...WANTED.map((name) => `module.momentum_encoder.${name}`), "module.base_encoder.head.0.weight"],
    ],
  ])("of %s are found", (_, prefix, rest) => {
    const match = matchWeights(
      [...WANTED, "norm.weight"],
      [...WANTED.map((name) => prefix + name), `${prefix}norm.weight`, ...rest],
    );
    expect(match).toMatchObject({ naming: "torchvision and timm", prefix, leftOver: rest });
    expect(match.inFile.size).toBe(5);
  });

  it("with a class token start one that takes the mean of the others", () => {
    const match = matchWeights([...WANTED, "fc_norm.weight"], [...WANTED, "norm.weight"]);
    expect(match).toMatchObject({ naming: "timm with a class token", leftOver: [] });
    expect(match.inFile.get("fc_norm.weight")).toBe("norm.weight");
  });
});

describe("the names of a ConvNeXt", () => {
  const WANTED = [
    ...["stem.0.weight", "stem.1.bias", "stages.0.blocks.0.gamma", "stages.0.blocks.0.conv_dw.weight"],
    ...["stages.1.downsample.0.weight", "stages.1.downsample.1.bias", "stages.3.blocks.2.norm.bias"],
    ...["stages.3.blocks.2.mlp.fc1.weight", "stages.3.blocks.2.mlp.fc2.bias", "head.norm.weight"],
  ];

  it.each([
    ["torchvision and timm", WANTED, ["head.fc.weight"]],
    [
      "torchvision's ConvNeXt",
      [
        ...[
          "features.0.0.weight",
          "features.0.1.bias",
          "features.1.0.layer_scale",
          "features.1.0.block.0.weight",
        ],
        ...["features.2.0.weight", "features.2.1.bias", "features.7.2.block.2.bias"],
        ...["features.7.2.block.3.weight", "features.7.2.block.5.bias", "classifier.0.weight"],
      ],
      ["classifier.2.weight"],
    ],
    [
      "ConvNeXt's authors",
      [
        ...["downsample_layers.0.0.weight", "downsample_layers.0.1.bias", "stages.0.0.gamma"],
        ...["stages.0.0.dwconv.weight", "downsample_layers.1.0.weight", "downsample_layers.1.1.bias"],
        ...["stages.3.2.norm.bias", "stages.3.2.pwconv1.weight", "stages.3.2.pwconv2.bias", "norm.weight"],
      ],
      ["head.weight"],
    ],
  ])("of %s are found", (naming, names, rest) => {
    const match = matchWeights(WANTED, [...names, ...rest]);
    expect(match).toMatchObject({ naming, prefix: "", leftOver: rest });
    expect([...match.inFile.values()]).toEqual(names);
  });
});

it("takes nothing of a file with other names", () => {
  expect(matchWeights(WANTED, ["a.kernel", "b"])).toMatchObject({ leftOver: ["a.kernel", "b"] });
  expect(matchWeights(WANTED, ["a.kernel", "b"]).inFile.size).toBe(0);
});

it("finds the prefix where the first parameter is missing", () => {
  const names = WANTED.slice(1).map((name) => `backbone.${name}`);
  expect(matchWeights(WANTED, names).inFile.size).toBe(WANTED.length - 1);
});
