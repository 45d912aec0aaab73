import type { AppliedOperation } from "../applied.ts";
import type { Size } from "../image.ts";
import type { Sampling } from "../operations/affine.ts";
import type { Random } from "../random.ts";

/**
 * CLSA's fourteen operations in the version of the paper or of the authors' repository, or RandAugment's
 * fifteen in timm's version, of which InfoMin draws two.
 */
export type StrongPool = "paper" | "repository" | "randAugment";

type Draw = (random: Random, size: Size) => AppliedOperation;

/**
 * The paper's fourteen: magnitudes uniform over the whole range, with Invert.
 *
 * CLSA, arXiv:2104.07713: "we randomly select an augmentation from the above 14 types of
 * transformations, and apply it to the image with a probability of 0.5. This process is repeated five times".
 * Bits are whole numbers 4 .. 8.
 */
const paper: readonly Draw[] = [
  (random) => ({ op: "shearX", shear: random.between(-0.3, 0.3) }),
  (random) => ({ op: "shearY", shear: random.between(-0.3, 0.3) }),
  (random, { width }) => ({ op: "translateX", pixels: random.between(-0.3, 0.3) * width }),
  (random, { height }) => ({ op: "translateY", pixels: random.between(-0.3, 0.3) * height }),
  (random) => ({ op: "rotate", degrees: random.between(-30, 30) }),
  () => ({ op: "autoContrast" }),
  () => ({ op: "invert" }),
  () => ({ op: "equalize" }),
  (random) => ({ op: "solarize", threshold: random.between(0, 256) }),
  (random) => ({ op: "posterize", bits: 4 + random.integer(5) }),
  (random) => ({ op: "contrast", factor: random.between(0.05, 0.95) }),
  (random) => ({ op: "saturation", factor: random.between(0.05, 0.95) }),
  (random) => ({ op: "brightness", factor: random.between(0.05, 0.95) }),
  (random) => ({ op: "sharpness", factor: random.between(0.05, 0.95) }),
];

/**
 * The repository's fourteen (maple-research-lab/CLSA at 37df76c, data_processing/RandAugment.py): magnitude
 * v/10 of the range for a whole number v of 1 .. 9, a random sign for geometry only, and Identity in place of
 * Invert.
 */
const repository: readonly Draw[] = [
  () => ({ op: "autoContrast" }),
  (random) => ({ op: "brightness", factor: (level(random) * 0.9) / 10 + 0.05 }),
  (random) => ({ op: "saturation", factor: (level(random) * 0.9) / 10 + 0.05 }),
  (random) => ({ op: "contrast", factor: (level(random) * 0.9) / 10 + 0.05 }),
  () => ({ op: "equalize" }),
  () => ({ op: "identity" }),
  (random) => ({ op: "posterize", bits: Math.trunc((level(random) * 4) / 10) + 4 }),
  (random) => ({ op: "rotate", degrees: sign(random) * Math.trunc((level(random) * 30) / 10) }),
  (random) => ({ op: "sharpness", factor: (level(random) * 0.9) / 10 + 0.05 }),
  (random) => ({ op: "shearX", shear: sign(random) * ((level(random) * 0.3) / 10) }),
  (random) => ({ op: "shearY", shear: sign(random) * ((level(random) * 0.3) / 10) }),
  (random) => ({ op: "solarize", threshold: 256 - Math.trunc((level(random) * 256) / 10) }),
  (random, { width }) => ({
    op: "translateX",
    pixels: Math.trunc(sign(random) * ((level(random) * 0.3) / 10) * width),
  }),
  (random, { height }) => ({
    op: "translateY",
    pixels: Math.trunc(sign(random) * ((level(random) * 0.3) / 10) * height),
  }),
];

/**
 * RandAugment's fifteen (arXiv:1909.13719) as timm's `rand-m10-mstd0.5` has them (auto_augment.py,
 * _RAND_TRANSFORMS with translate_rel): magnitude normal about 10 with deviation 0.5, cut off at 10, of which
 * a tenth is the share of the range.
 *
 * Pixels are moved with bilinear or bicubic interpolation, at random; beyond the border is the mean colour of
 * ImageNet.
 *
 * Half of the magnitudes are 10, at which the threshold of solarize is 256: it then changes nothing, as in
 * timm.
 */
const randAugment: readonly Draw[] = [
  () => ({ op: "autoContrast" }),
  () => ({ op: "equalize" }),
  () => ({ op: "invert" }),
  (random) => ({ op: "rotate", degrees: sign(random) * share(random) * 30, ...smooth(random) }),
  (random) => ({ op: "posterize", bits: Math.max(1, Math.trunc(share(random) * 4)) }),
  (random) => ({ op: "solarize", threshold: Math.trunc(share(random) * 256) }),
  (random) => ({ op: "solarizeAdd", addition: Math.trunc(share(random) * 110), threshold: 128 }),
  (random) => ({ op: "saturation", factor: share(random) * 1.8 + 0.1 }),
  (random) => ({ op: "contrast", factor: share(random) * 1.8 + 0.1 }),
  (random) => ({ op: "brightness", factor: share(random) * 1.8 + 0.1 }),
  (random) => ({ op: "sharpness", factor: share(random) * 1.8 + 0.1 }),
  (random) => ({ op: "shearX", shear: sign(random) * share(random) * 0.3, ...smooth(random) }),
  (random) => ({ op: "shearY", shear: sign(random) * share(random) * 0.3, ...smooth(random) }),
  (random, { width }) => ({
    op: "translateX",
    pixels: sign(random) * share(random) * 0.45 * width,
    ...smooth(random),
  }),
  (random, { height }) => ({
    op: "translateY",
    pixels: sign(random) * share(random) * 0.45 * height,
    ...smooth(random),
  }),
];

/** timm's `img_mean`: 255 times ImageNet's mean, rounded. */
export const MEAN_COLOUR = [124, 116, 104] as const;

const smooth = (random: Random): Required<Sampling> => ({
  filter: random.chance(0.5) ? "bilinear" : "bicubic",
  fill: MEAN_COLOUR,
});

const pools = { paper, repository, randAugment };

/** The pools' names, for messages and schemas. */
export const strongPools = Object.keys(pools) as readonly StrongPool[];

function level(random: Random): number {
  return 1 + random.integer(9);
}

function share(random: Random): number {
  return Math.min(10, Math.max(0, 10 + 0.5 * random.normal())) / 10;
}

function sign(random: Random): number {
  return random.chance(0.5) ? -1 : 1;
}

/** Draws `draws` operations with replacement; each is applied with this probability. */
export function sampleStrong(
  pool: StrongPool,
  draws: number,
  probability: number,
  size: Size,
  random: Random,
): AppliedOperation[] {
  const chosen: AppliedOperation[] = [];
  for (let i = 0; i < draws; i++) {
    const draw = pools[pool][random.integer(pools[pool].length)]!;
    if (random.chance(probability)) chosen.push(draw(random, size));
  }
  return chosen;
}
