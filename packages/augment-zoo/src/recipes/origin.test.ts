import { expect, it } from "vitest";

import { byolView } from "./byol.ts";
import { cpcView } from "./cpc.ts";
import { evaluationView, stretchedView } from "./evaluation.ts";
import { infominJigsawView, pirlView } from "./infomin.ts";
import { instdiscView } from "./instdisc.ts";
import { mocoV2View } from "./moco.ts";
import { recipeOrigin } from "./origin.ts";
import { simclrView } from "./simclr.ts";
import { stronger } from "./stronger.ts";
import { swavViews, swavView } from "./swav.ts";

it.each([
  [mocoV2View({ size: 32 }), "MoCo v2"],
  [simclrView({ size: 32 }), "SimCLR"],
  [simclrView({ size: 32, strength: 0.5, blur: 0 }), "SimCLR on CIFAR-10"],
  [byolView({ size: 96, blur: 1, solarize: 0 }), "BYOL, first view"],
  [swavViews()["small3"]!, "SwAV, small view"],
  [swavView({ size: 32, scale: [0.08, 1] }), "SwAV without small views"],
  [swavView({ size: 32, blur: 0 }), "SwAV on CIFAR-10, as in lightly"],
  [instdiscView({ size: 32, recipe: "cifar" }), "InstDisc on CIFAR-10"],
  [infominJigsawView(), "InfoMin, jigsaw"],
  [infominJigsawView({ size: 32 }), "InfoMin, jigsaw"],
  [cpcView({ size: 32 }), "CPC v2"],
  [cpcView({ size: 260, grid: 6, stride: 36 }), "CPC v2 on ImageNet"],
  [pirlView({ size: 32 }), "PIRL, as in PyContrast"],
  [evaluationView({ size: 224 }), "evaluation"],
  [stretchedView({ size: 224 }), "evaluation on VOC07, as in VISSL"],
  [stronger(mocoV2View({ size: 16 })), "CLSA's strong view on MoCo v2"],
  [
    stronger(simclrView({ size: 16 }), { pool: "repository" }),
    "CLSA's strong view, as in its repository, on SimCLR",
  ],
])("knows a published recipe at any size: %#", (recipe, name) => {
  expect(recipeOrigin(recipe)).toMatchObject({ name, changes: [] });
});

it("names what was changed in the one that is nearest", () => {
  const jitter = {
    op: "colorJitter",
    brightness: 0.4,
    contrast: 0.4,
    saturation: 0.4,
    hue: 0.3,
    p: 0.8,
  } as const;
  const [crop, , ...rest] = mocoV2View({ size: 32, scale: [0.1, 1] });
  expect(recipeOrigin([crop!, jitter, ...rest])).toEqual({
    name: "MoCo v2",
    source: "arXiv:2003.04297; facebookresearch/moco, main_moco.py --aug-plus",
    changes: [
      "randomResizedCrop scale 0.1 to 1 (published: 0.2 to 1)",
      "colorJitter hue 0.3 (published: 0.1)",
    ],
  });
  expect(recipeOrigin(simclrView({ size: 32, blur: 1 }))).toMatchObject({
    name: "SimCLR",
    changes: ["gaussianKernelBlur p 1 (published: 0.5)"],
  });
});

it("knows nothing of others", () => {
  expect(recipeOrigin([{ op: "grayscale", p: 0.2 }])).toBe(undefined);
});
