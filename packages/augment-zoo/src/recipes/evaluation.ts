import { sizeOfView, type ViewSize } from "../image.ts";
import type { Recipe } from "../recipe.ts";

/**
 * The usual view for evaluation, without randomness: resizes the shorter side to 256/224 of `size` and crops
 * the middle, as torchvision's Resize(256) and CenterCrop(224) do for 224.
 *
 * An image whose shorter side already is `size`, such as CIFAR's 32 x 32, is not resampled. Of a view that is
 * `[height, width]` the image is scaled to cover 256/224 of both sides; one that covers `size` without is not
 * resampled.
 */
export function evaluationView({ size }: { readonly size: ViewSize }): Recipe {
  return [
    { op: "resize", size: beforeCrop(size), unless: size },
    { op: "centerCrop", size },
  ];
}

/**
 * The view of VISSL's evaluation on VOC07: as torchvision's Resize(256) and Resize((224, 224)) for 224, so
 * the whole image is seen, and what was no square is distorted (facebookresearch/vissl,
 * configs/config/benchmark/linear_image_classification/voc07/eval_resnet_8gpu_transfer_voc07_svm.yaml).
 *
 * An image whose shorter side already is `size` is not resampled along it, as in `evaluationView`.
 */
export function stretchedView({ size }: { readonly size: ViewSize }): Recipe {
  return [
    { op: "resize", size: beforeCrop(size), unless: size },
    { op: "stretch", size },
  ];
}

/** What is scaled to before the middle is cut out: 256/224 of the view's sides. */
export function beforeCrop(size: ViewSize): ViewSize {
  const longer = (side: number): number => Math.round((side * 256) / 224);
  const { width, height } = sizeOfView(size);
  return typeof size === "number" ? longer(size) : [longer(height), longer(width)];
}
