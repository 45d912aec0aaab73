import { sizeOfView, type ViewSize } from "../image.ts";
import type { Operation, Recipe } from "../recipe.ts";
import { bicubicCrop, type CropOptions, flip, grey, jitter } from "./lines.ts";

/** Size of the blur kernel: an odd number of pixels, about a tenth of the height; 23 at 224. */
export const kernelSize = (size: ViewSize): number => 2 * Math.floor(sizeOfView(size).height / 20) + 1;

/** The authors' blur of a view, with probability `p`; BYOL's too. */
export const kernelBlur = (size: ViewSize, p: number): Operation => ({
  op: "gaussianKernelBlur",
  sigma: [0.1, 2],
  kernelSize: kernelSize(size),
  border: "black",
  p,
});

export interface SimclrViewOptions extends CropOptions {
  /** Strength s of the colour distortion. Default 1; the paper's CIFAR-10 runs have 0.5. */
  readonly strength?: number;
  /** Probability of the blur. Default 0.5; the paper's CIFAR-10 runs have no blur. */
  readonly blur?: number;
}

/**
 * SimCLR's augmentation (arXiv:2002.05709, appendix A; google-research/simclr, data_util.py): crop, flip,
 * colour jitter of strength s, grey, blur, in this order.
 *
 * Crops cover (0.08, 1) of the area by default, and are scaled bicubically. The blur is a Gaussian kernel of
 * 0.1 to 2 pixels, as large as a tenth of the side; the image is black beyond its border. Both are as in the
 * authors' code.
 */
export function simclrView({ size, scale = [0.08, 1], strength = 1, blur = 0.5 }: SimclrViewOptions): Recipe {
  return [
    bicubicCrop(size, scale),
    flip,
    jitter(0.8 * strength, 0.2 * strength, 0.8),
    grey,
    ...(blur > 0 ? [kernelBlur(size, blur)] : []),
  ];
}
