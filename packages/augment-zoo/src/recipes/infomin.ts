import type { Recipe } from "../recipe.ts";
import { type CropOptions, RATIO } from "./moco.ts";
import { kernelSize } from "./simclr.ts";

/**
 * InfoMin's augmentation (arXiv:2005.10243; HobbitLong/PyContrast, datasets/util.py, aug "D"): crop (0.2, 1), flip 0.5, colour jitter
 * (0.8, 0.8, 0.8, 0.2) with 0.8, Gaussian kernel of 0.1 to 2 pixels with 0.5, two of RandAugment's operations with 0.5 each, grey 0.2.
 *
 * RandAugment's geometry differs, see the pool "randAugment".
 */
export function infomin({ size, scale = [0.2, 1] }: CropOptions): Recipe {
  return [
    { op: "randomResizedCrop", size, scale, ratio: RATIO },
    { op: "horizontalFlip", p: 0.5 },
    { op: "colorJitter", brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2, p: 0.8 },
    { op: "gaussianKernelBlur", sigma: [0.1, 2], kernelSize: kernelSize(size), border: "mirror", p: 0.5 },
    { op: "randomStrong", pool: "randAugment", draws: 2, probability: 0.5 },
    { op: "grayscale", p: 0.2 },
  ];
}

/**
 * The second branch of InfoMin, PIRL's jigsaw (arXiv:1912.01991): a crop of 255 with areas (0.2, 1), nine patches of 64 from its grid of
 * 3 x 3, each with the photometric part of `infomin` drawn anew.
 */
export function infominJigsaw({ scale = [0.2, 1] }: Pick<CropOptions, "scale"> = {}): Recipe {
  const size = 64;
  const [crop, flip, ...photometric] = infomin({ size: 255, scale });
  return [crop!, flip!, { op: "jigsaw", grid: 3, size, each: photometric }];
}
