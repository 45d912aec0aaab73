import { sizeOfView, type ViewSize } from "../image.ts";
import type { Operation, Recipe } from "../recipe.ts";
import { byolView } from "./byol.ts";
import { cpcView } from "./cpc.ts";
import { evaluationView, stretchedView } from "./evaluation.ts";
import { infominView, infominJigsawView, jigsawSize, pirlView } from "./infomin.ts";
import { instdiscView } from "./instdisc.ts";
import { mocoV1View, mocoV2View } from "./moco.ts";
import { simclrView } from "./simclr.ts";
import { stronger } from "./stronger.ts";
import { supconView, supervisedView } from "./supervised.ts";
import { swavViews, swavView } from "./swav.ts";

/** The published recipe that a recipe comes from. */
export interface RecipeOrigin {
  /** Name, such as "MoCo v2". */
  readonly name: string;
  /** Paper and code. */
  readonly source: string;
  /** Differences from the published recipe: "randomResizedCrop scale 0.08 to 1 (published: 0.2 to 1)". */
  readonly changes: readonly string[];
}

interface Published {
  readonly name: string;
  readonly source: string;
  readonly recipe: (size: ViewSize) => Recipe;
}

const BYOL = "arXiv:2006.07733; deepmind-research/byol, utils/augmentations.py";
const SIMCLR = "arXiv:2002.05709; google-research/simclr, data_util.py";
const SWAV = "arXiv:2006.09882; facebookresearch/swav at 9a2dc80, src/multicropdataset.py";
const CPC = "arXiv:1905.09272, appendix";
const INFOMIN = "arXiv:2005.10243; HobbitLong/PyContrast at 84f94ea, datasets/util.py";

const weak: readonly Published[] = [
  {
    name: "MoCo v2",
    source: "arXiv:2003.04297; facebookresearch/moco, main_moco.py --aug-plus",
    recipe: (size) => mocoV2View({ size }),
  },
  {
    name: "MoCo v1",
    source: "arXiv:1911.05722; facebookresearch/moco, main_moco.py",
    recipe: (size) => mocoV1View({ size }),
  },
  { name: "SimCLR", source: SIMCLR, recipe: (size) => simclrView({ size }) },
  {
    name: "SimCLR on CIFAR-10",
    source: SIMCLR,
    recipe: (size) => simclrView({ size, strength: 0.5, blur: 0 }),
  },
  { name: "BYOL, first view", source: BYOL, recipe: (size) => byolView({ size, blur: 1, solarize: 0 }) },
  { name: "BYOL, second view", source: BYOL, recipe: (size) => byolView({ size, blur: 0.1, solarize: 0.2 }) },
  { name: "SwAV, large view", source: SWAV, recipe: (size) => swavViews({ size })["large1"]! },
  { name: "SwAV, small view", source: SWAV, recipe: (smallSize) => swavViews({ smallSize })["small1"]! },
  { name: "SwAV without small views", source: SWAV, recipe: (size) => swavView({ size, scale: [0.08, 1] }) },
  {
    name: "SwAV on CIFAR-10, as in lightly",
    source: "arXiv:2006.09882; lightly-ai/lightly, cifar10_benchmark.py",
    recipe: (size) => swavView({ size, blur: 0 }),
  },
  {
    name: "InstDisc on CIFAR-10",
    source: "arXiv:1805.01978; zhirongw/lemniscate.pytorch at c5f1bd1, cifar.py",
    recipe: (size) => instdiscView({ size, recipe: "cifar" }),
  },
  { name: "PIRL, as in PyContrast", source: `${INFOMIN}, aug A`, recipe: (size) => pirlView({ size }) },
  { name: "InfoMin", source: `${INFOMIN}, aug D`, recipe: (size) => infominView({ size }) },
  {
    name: "supervised training",
    source: "pytorch/examples, imagenet/main.py",
    recipe: (size) => supervisedView({ size }),
  },
  {
    name: "SupCon",
    source: "arXiv:2004.11362; HobbitLong/SupContrast, main_supcon.py",
    recipe: (size) => supconView({ size }),
  },
];

const strong: readonly Published[] = weak.flatMap(({ name, source, recipe }) => [
  {
    name: `CLSA's strong view on ${name}`,
    source: `arXiv:2104.07713; ${source}`,
    recipe: (size: ViewSize) => stronger(recipe(size)),
  },
  {
    name: `CLSA's strong view, as in its repository, on ${name}`,
    source: `maple-research-lab/CLSA at 37df76c; ${source}`,
    recipe: (size: ViewSize) => stronger(recipe(size), { pool: "repository" }),
  },
]);

const others: readonly Published[] = [
  { name: "CPC v2", source: CPC, recipe: (cropped) => cpcView({ size: sizeOfView(cropped).width }) },
  {
    name: "CPC v2 on ImageNet",
    source: CPC,
    recipe(cropped) {
      const size = sizeOfView(cropped).width;
      return cpcView({ size, grid: 6, stride: Math.round((size * 36) / 260) });
    },
  },
  {
    name: "InfoMin, jigsaw",
    source: `${INFOMIN}, jigsaw_transform`,
    recipe: (cropped) => infominJigsawView({ size: jigsawSize(sizeOfView(cropped).width) }),
  },
  {
    name: "evaluation",
    source: "torchvision's Resize(256) and CenterCrop(224)",
    recipe: (size) => evaluationView({ size }),
  },
  {
    name: "evaluation on VOC07, as in VISSL",
    source: "torchvision's Resize(256) and Resize((224, 224))",
    recipe: (size) => stretchedView({ size }),
  },
];

/**
 * The published recipe with the fewest differences from a recipe, at the same size.
 *
 * @returns undefined if no published recipe has the same operations in the same order.
 * @example
 * ```ts
 * const origin = recipeOrigin(mocoV2View({ size: 32, scale: [0.1, 1] }));
 * origin?.changes; // => ["randomResizedCrop scale 0.1 to 1 (published: 0.2 to 1)"]
 * ```
 */
export function recipeOrigin(recipe: Recipe): RecipeOrigin | undefined {
  const sizes = recipe.flatMap((line) =>
    line.op === "randomResizedCrop" || line.op === "centerCrop" ? [line.size] : [],
  );
  const operations = (lines: Recipe) => lines.map(({ op }) => op).join();
  const found = [...weak, ...strong, ...others]
    .map(({ name, source, recipe: published }) => ({ name, source, published: published(sizes[0] ?? 224) }))
    .filter(({ published }) => operations(published) === operations(recipe))
    .map(({ published, ...origin }) => ({ ...origin, changes: changesFrom(published, recipe) }));
  return found.sort((a, b) => a.changes.length - b.changes.length)[0];
}

const changesFrom = (published: Recipe, recipe: Recipe): string[] =>
  recipe.flatMap((line, i) => {
    const [now, then] = [values(line), values(published[i]!)];
    return [...new Set([...Object.keys(now), ...Object.keys(then)])]
      .filter((key) => now[key] !== then[key])
      .map((key) => `${line.op} ${key} ${now[key] ?? "absent"} (published: ${then[key] ?? "absent"})`);
  });

/** Parameters as text, with numbers to four digits, because sums of fractions may differ by rounding. */
const values = ({ op: _op, ...parameters }: Operation): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(parameters).map(([key, value]: [string, unknown]) => [key, valueText(value)]),
  );

function valueText(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  if (Array.isArray(value) && value.every((each) => typeof each === "number")) {
    return value.map(valueText).join(" to ");
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
