import type { ViewSize } from "./image.ts";
import type { ResampleFilter } from "./operations/resized-crop.ts";
import type { ColorJitterStrength } from "./sampling/color-jitter.ts";
import type { PatchGrid } from "./sampling/patches.ts";
import type { StrongPool } from "./sampling/random-strong.ts";

/** Lower and upper end of a uniform distribution. */
export type Range = readonly [number, number];

/**
 * One operation of a recipe. `p` is the probability that it is applied; sizes are in pixels: the side of a
 * square, or `[height, width]`.
 *
 * - randomResizedCrop: a random box (`scale`: fraction of the area, `ratio`: width / height) scaled to
 *   `size`, whatever the shape of that: as torchvision, which keeps `ratio` for a rectangle too
 * - colorJitter: brightness, contrast, saturation 1 +- strength and hue +- strength, in random order
 * - grayscale, horizontalFlip
 * - gaussianBlur: standard deviation uniform in `sigma`, in pixels
 * - solarize: inverts levels from `threshold` (0 .. 256) on
 * - randomStrong: CLSA's composition, see `stronger`
 * - resize: the shorter side becomes `size`; an image with the shorter side `unless` is not changed. With
 *   `[height, width]` the image just covers that: the side that is shorter in proportion becomes as long
 * - stretch: both sides become `size`; what was of another shape is distorted
 * - centerCrop: the middle, of `size`; black where the image is smaller
 * - gaussianKernelBlur: the sampled Gaussian of SimCLR and torchvision, sigma uniform in `sigma`
 * - cutout: a square painted grey, its side uniform in `side`, fractions of the image's shorter side
 * - colorDrop: two channels at random become one level everywhere, that of ImageNet's mean colour
 * - patches: a grid of squares of the image, see `PatchGrid`; once in a recipe at most. The lines before it
 * act on
 *   the whole image, those after it on each patch, with random numbers of its own
 */
export type Operation =
  | {
      readonly op: "randomResizedCrop";
      readonly size: ViewSize;
      readonly scale: Range;
      readonly ratio: Range;
      /** Default "bilinear", as in torchvision. */
      readonly filter?: ResampleFilter;
    }
  | ({ readonly op: "colorJitter"; readonly p: number } & ColorJitterStrength)
  | { readonly op: "grayscale"; readonly p: number }
  | { readonly op: "gaussianBlur"; readonly sigma: Range; readonly p: number }
  | { readonly op: "horizontalFlip"; readonly p: number }
  | { readonly op: "solarize"; readonly threshold: number; readonly p: number }
  | {
      readonly op: "randomStrong";
      readonly pool: StrongPool;
      readonly draws: number;
      readonly probability: number;
    }
  | {
      readonly op: "resize";
      readonly size: ViewSize;
      readonly unless?: ViewSize;
      readonly filter?: ResampleFilter;
    }
  | { readonly op: "stretch"; readonly size: ViewSize; readonly filter?: ResampleFilter }
  | { readonly op: "centerCrop"; readonly size: ViewSize }
  | {
      readonly op: "gaussianKernelBlur";
      readonly sigma: Range;
      /** An odd number of pixels. */
      readonly kernelSize: number;
      readonly border: "mirror" | "black";
      readonly p: number;
    }
  | { readonly op: "cutout"; readonly side: Range; readonly p: number }
  | { readonly op: "colorDrop"; readonly p: number }
  | ({ readonly op: "patches" } & PatchGrid);

/** Operations in order, as plain JSON data, for worker threads, config files and reports. */
export type Recipe = readonly Operation[];
