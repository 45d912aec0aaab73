import { sizeOfView } from "@tssl/augment-zoo";

import type { ArtefactName } from "./artefact.ts";
import type { CardFacts } from "./card-facts.ts";

/** How an artefact is loaded, as paragraphs of a model card. */
export const loadingOf = (name: ArtefactName, facts: CardFacts): readonly string[] => {
  const { width, height } = sizeOfView(facts.imageSize);
  switch (name) {
    case "safetensors":
      return safetensors(facts);
    case "onnx":
      return [
        `**ONNX** takes bytes \`[N, ${facts.channels}, height, width]\`, and gives \`features\` and ` +
          "`normalized` (length 1):",
        python(
          "import numpy as np, onnxruntime",
          'session = onnxruntime.InferenceSession("model.onnx")',
          `images = np.zeros((1, ${facts.channels}, ${height}, ${width}), np.uint8)`,
          'features, normalized = session.run(["features", "normalized"], {"images": images})',
        ),
      ];
    case "tfjs":
      return [
        `**TensorFlow.js** takes int32 \`[N, height, width, ${facts.channels}]\`, 0 to 255, as ` +
          `\`tf.browser.fromPixels(image, ${facts.channels})\` gives:`,
        fence(
          "js",
          'const model = await tf.loadGraphModel("tfjs/model.json");',
          'const features = model.execute({ images }, "features");',
        ),
      ];
    case "detectron2":
      return detectron2(facts);
    case "page":
      return [
        "**page**: open `encoder.html` in a browser, and drop an image. It loads nothing and sends " +
          "nothing; its filters are float16.",
      ];
  }
};

const fence = (language: string, ...lines: readonly string[]): string =>
  ["```" + language, ...lines, "```"].join("\n");

const python = (...lines: readonly string[]): string => fence("python", ...lines);

const NAMED = /^(\w+) with stem: (imagenet|cifar)$/;

const IN_TIMM = python("import timm", 'model = timm.create_model("local-dir:.", pretrained=True).eval()');

function safetensors({ architecture, encoder, channels }: CardFacts): readonly string[] {
  if (/^(vit_|convnext_)/.test(architecture ?? "")) return ["**safetensors**, in timm:", IN_TIMM];
  const [, name, stem] = NAMED.exec(architecture ?? "") ?? [];
  if (name === undefined) {
    return [
      `**safetensors**: PyTorch's order of axes, the names of tssl's encoder \`${encoder}\`. Neither ` +
        "torchvision nor timm has this encoder; tssl starts from the file by `encoder: { …, weights: " +
        "./model.safetensors }`.",
    ];
  }
  const patch =
    stem === "cifar"
      ? [
          `model.conv1 = torch.nn.Conv2d(${channels}, 64, 3, padding=1, bias=False)  # the stem for small images`,
          "model.maxpool = torch.nn.Identity()",
        ]
      : channels === 3
        ? []
        : [`model.conv1 = torch.nn.Conv2d(${channels}, 64, 7, stride=2, padding=3, bias=False)`];
  return [
    "**safetensors**, in torchvision:",
    python(
      "import torch, torchvision",
      "from safetensors.torch import load_file",
      `model = torchvision.models.${name}()`,
      ...patch,
      "model.fc = torch.nn.Identity()",
      'model.load_state_dict(load_file("model.safetensors"))',
      "model.eval()",
    ),
    ...(stem === "cifar"
      ? ["timm has no such stem either; the same two lines give it to its model."]
      : channels === 1 || channels === 3
        ? ["or in timm:", IN_TIMM]
        : []),
  ];
}

/** What detectron2 calls the insides of networks made from ResNet-50. */
const BOTTLENECKS: Readonly<Record<string, string>> = {
  resnext50_32x4d: ", NUM_GROUPS: 32, WIDTH_PER_GROUP: 4",
  wide_resnet50_2: ", WIDTH_PER_GROUP: 128",
};

function detectron2({ mean, deviation, architecture }: CardFacts): readonly string[] {
  const depth = /\d+/.exec(architecture ?? "")?.[0] ?? "50";
  const bottleneck = BOTTLENECKS[architecture?.split(" ")[0] ?? ""] ?? "";
  const pixels = (values: readonly number[]) =>
    `[${values.map((value) => Number((value * 255).toFixed(4))).join(", ")}]`;
  return [
    "**detectron2**:",
    fence(
      "yaml",
      "MODEL:",
      '  WEIGHTS: "detectron2.pkl"',
      `  PIXEL_MEAN: ${pixels(mean)}`,
      `  PIXEL_STD: ${pixels(deviation)}`,
      `  RESNETS: { DEPTH: ${depth}, STRIDE_IN_1X1: ` +
        `False${Number(depth) < 50 ? ", RES2_OUT_CHANNELS: 64" : bottleneck} }`,
      "INPUT: { FORMAT: RGB }",
    ),
  ];
}
