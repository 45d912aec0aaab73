import type { Operation, Recipe } from "../recipe.ts";
import { crop, type CropOptions, flip } from "./lines.ts";

/** What of CPC's patches can be chosen. */
export interface CpcViewOptions extends Pick<CropOptions, "scale"> {
  /** Side in pixels of the square that is cut. */
  readonly size: number;
  /** Patches along each side. Default 7. */
  readonly grid?: number;
  /**
   * Pixels from the beginning of a patch to that of the next one. Default: half a patch, as near as whole
   * pixels allow.
   */
  readonly stride?: number;
  /** Operations of AutoAugment that each patch gets; 0 for none. Default 2. */
  readonly operations?: number;
  /** Share of patches of which one colour channel is left. Default 1. */
  readonly colorDrop?: number;
}

/**
 * CPC v2's patches (Hénaff et al. 2020, arXiv:1905.09272, appendix): an area of (0.75, 1), a grid of
 * overlapping patches that fills it, and for each patch on its own two operations of AutoAugment, the colour
 * distortions of Inception with 0.8, grey with 0.25, one colour channel alone, flip 0.5.
 *
 * Patches are as large as the stride leaves room for: 64 pixels at 256 with a grid of 7, 80 at 260 with a
 * grid of 6 and a stride of 36, as in the paper.
 *
 * Differs from the paper: it crops 260 pixels of 300 always, which is an area of 0.75; its elastic
 * deformations and colour histograms are not here; of AutoAugment's sixteen operations, cut-out and the
 * pairing of samples are not. Inception adds up to 32 levels of brightness, where here they are multiplied.
 */
export function cpcView({
  size,
  scale = [0.75, 1],
  grid = 7,
  stride = Math.floor(size / (grid + 1)),
  operations = 2,
  colorDrop = 1,
}: CpcViewOptions): Recipe {
  const patch = size - (grid - 1) * stride;
  const strong: readonly Operation[] =
    operations === 0 ? [] : [{ op: "randomStrong", pool: "paper", draws: operations, probability: 1 }];
  return [
    crop(size, scale),
    { op: "patches", rows: grid, columns: grid, size: patch, stride },
    ...strong,
    { op: "colorJitter", brightness: 32 / 255, contrast: 0.5, saturation: 0.5, hue: 0.2, p: 0.8 },
    { op: "grayscale", p: 0.25 },
    { op: "colorDrop", p: colorDrop },
    flip,
  ];
}
