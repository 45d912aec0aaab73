import { describe, expect, it } from "vitest";

import type { CardFacts } from "./card-facts.ts";
import type { ProvenArtefact } from "./export-encoder.ts";
import { modelCard } from "./model-card.ts";

const facts: CardFacts = {
  ...{
    name: "flowers | 2",
    encoder: "resnet50",
    architecture: "resnet50 with stem: imagenet",
    featureDim: 2048,
  },
  ...{
    imageSize: 224,
    channels: 3,
    depth: 8 as const,
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225],
  },
  ...{ methods: ["moco", "clsa"], license: "mit", checkpoint: "step-0001000", steps: 1000 },
  ...{ epochs: { done: 10, planned: 20 }, batchSize: 256, seconds: 3600 },
  data: { images: 25600, classes: 0, fingerprints: { train: "abc" } },
  evaluations: [{ name: "kNN, k 20", accuracy: 0.5, untrained: 0.25, testImages: 400, step: 1000 }],
  curves: [{ name: "loss", values: [8, 4, 2, 1, 0.5] }],
  health: ["Learning: two views are *closer*."],
  notes: [],
  environment: { tssl: "0.1.0", seed: 3 },
  config: "epochs: 20\n",
  proofImages: 32,
};
const artefact = (name: ProvenArtefact["name"], ...files: readonly string[]): ProvenArtefact => ({
  ...{ name, weights: "float32", provenBy: "the file read back", difference: 0 },
  files: files.map((path) => ({ path, bytes: 2 ** 20 })),
});
const torch = artefact("safetensors", "model.safetensors", "config.json");

describe("a model card", () => {
  const card = modelCard(facts, [
    torch,
    artefact("onnx", "model.onnx"),
    artefact("detectron2", "detectron2.pkl"),
  ]);

  it("tells Hugging Face who loads it, what it is for and what was measured", () => {
    expect(card.split("---")[1]!.trim().split("\n")).toEqual([
      'license: "mit"',
      "library_name: timm",
      "pipeline_tag: image-feature-extraction",
      'tags: ["tssl","moco","clsa"]',
      "model-index:",
      '  - name: "flowers | 2"',
      "    results:",
      "      - task: { type: image-classification }",
      '        dataset: { type: own, name: "test images of the run" }',
      "        metrics:",
      "          - type: accuracy",
      '            name: "kNN, k 20"',
      "            value: 50",
    ]);
  });

  it("says by which difference a file would have been refused", () => {
    expect(card).toContain("above 1; above 1e-4 nothing would have been written.");
    const half = { ...artefact("onnx", "model.onnx"), weights: "float16" } as const;
    const mixed = modelCard(facts, [torch, half]);
    expect(mixed).toContain("above 1e-4, with filters in float16 above 1e-2, nothing would have been");
    expect(mixed).toContain("| onnx | float16 |");
  });

  it("shows text of others as text", () => {
    expect(card).toContain("# flowers \\| 2\n");
    expect(card).toContain("- Learning: two views are \\*closer\\*.");
  });

  it("says how each file is loaded", () => {
    expect(card).toContain("model = torchvision.models.resnet50()\nmodel.fc = torch.nn.Identity()\n");
    expect(card).toContain('timm.create_model("local-dir:.", pretrained=True)');
    expect(card).toContain('onnxruntime.InferenceSession("model.onnx")');
    expect(card).toContain("  PIXEL_MEAN: [123.675, 116.28, 103.53]\n  PIXEL_STD: [58.395, 57.12, 57.375]\n");
    expect(card).toContain("RESNETS: { DEPTH: 50, STRIDE_IN_1X1: False }");
  });

  it("shows the proof, the training, results and curves", () => {
    expect(card).toContain("| safetensors | float32 | the file read back | 0 | 2.00 MiB |");
    expect(card).toContain("| steps | 1,000 of 256 images; 10 epochs of 20 |");
    expect(card).toContain("| fingerprint of train | abc |");
    expect(card).toContain("| kNN, k 20 | 50.0 % | 25.0 % | 400 | 1,000 |");
    expect(card).toContain("| loss | 8 | 4 | 2 | 1 | 0.5 |");
  });
});

it("has torchvision's name of what options make of ResNet-50, and detectron2's options", () => {
  const card = modelCard({ ...facts, architecture: "resnext50_32x4d with stem: imagenet" }, [
    torch,
    artefact("detectron2", "detectron2.pkl"),
  ]);
  expect(card).toContain("model = torchvision.models.resnext50_32x4d()\n");
  expect(card).toContain("{ DEPTH: 50, STRIDE_IN_1X1: False, NUM_GROUPS: 32, WIDTH_PER_GROUP: 4 }");
});

it("has the stem for small images as a patch, and no timm", () => {
  const card = modelCard({ ...facts, architecture: "resnet18 with stem: cifar" }, [
    artefact("safetensors", "model.safetensors"),
  ]);
  expect(card).toContain("library_name: tssl\n");
  expect(card).toContain("model.conv1 = torch.nn.Conv2d(3, 64, 3, padding=1, bias=False)");
  expect(card).toContain("timm has no such stem either");
});
