import type { Recipe } from "../recipe.ts";
import { jigsawNotSquare } from "../messages/recipes.ts";
import { crop, type CropOptions, flip, grey, jitter } from "./lines.ts";
import { kernelSize } from "./simclr.ts";

/**
 * InfoMin's augmentation (arXiv:2005.10243; HobbitLong/PyContrast at 84f94ea, pycontrast/datasets/util.py,
 * aug "D", which options/base_options.py selects for InfoMin): crop (0.2, 1), which the authors use with a
 * queue of keys (0.08 with a memory bank), flip 0.5, colour jitter (0.8, 0.8, 0.8, 0.2) with 0.8, Gaussian
 * kernel of 0.1 to 2 pixels with 0.5, two of RandAugment's operations with 0.5 each, grey 0.2.
 *
 * The kernel has 23 pixels at a size of 224, as the authors', and a tenth of the size otherwise.
 *
 * @param options.probability that each of RandAugment's two operations is applied.
 */
export function infominView({
  size,
  scale = [0.2, 1],
  probability = 0.5,
}: CropOptions & { readonly probability?: number }): Recipe {
  return [
    crop(size, scale),
    flip,
    jitter(0.8, 0.2, 0.8),
    { op: "gaussianKernelBlur", sigma: [0.1, 2], kernelSize: kernelSize(size), border: "mirror", p: 0.5 },
    { op: "randomStrong", pool: "randAugment", draws: 2, probability },
    grey,
  ];
}

/**
 * The second branch of InfoMin, PIRL's jigsaw (arXiv:1912.01991), as InfoMin's authors have it (the same
 * file, `jigsaw_transform`): a crop of 255 with areas (0.6, 1), flip 0.5, a patch of 64 at a random place of
 * each of its 3 x 3 cells of 85, row by row; colours are left as they are.
 *
 * These are the authors' pixels for views of 224; beside views of another `size` crop, cells and patches are
 * in proportion: 36, 12 and 9 at 32.
 *
 * It is the patches' features that the authors shuffle (networks/util.py, `JigsawHead`).
 *
 * @throws RecipeError where `size` is `[height, width]`: the grid is one of squares.
 */
export function infominJigsawView({ size = VIEW, scale = [0.6, 1] }: Partial<CropOptions> = {}): Recipe {
  if (typeof size !== "number") throw jigsawNotSquare(size);
  const cell = Math.round((size * CELL) / VIEW);
  const patch = Math.round((cell * PATCH) / CELL);
  return [
    crop(GRID * cell, scale),
    flip,
    { op: "patches", rows: GRID, columns: GRID, size: patch, stride: cell, jitter: cell - patch },
  ];
}

/** Cells along each side, and the authors' pixels. */
const GRID = 3;
const [VIEW, CELL, PATCH] = [224, 85, 64];

/** The `size` whose jigsaw has this crop. */
export const jigsawSize = (cropped: number): number => ((cropped / GRID) * VIEW) / CELL;

/**
 * PIRL's view of the whole image, as InfoMin's authors have it (the same file, aug "A" with a memory bank):
 * crop (0.08, 1), flip 0.5, colour jitter (0.4, 0.4, 0.4, 0.4) on every view, grey 0.2, in this order.
 */
export const pirlView = ({ size, scale = [0.08, 1] }: CropOptions): Recipe => [
  crop(size, scale),
  flip,
  jitter(0.4, 0.4, 1),
  grey,
];
