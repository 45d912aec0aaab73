import type { AppliedOperation } from "../applied.ts";
import { type Size, sizeOfView } from "../image.ts";
import type { Operation } from "../recipe.ts";
import { roundHalfToEven } from "./round.ts";

type Line<Op extends Operation["op"]> = Extract<Operation, { readonly op: Op }>;

const isSame = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height;

/**
 * torchvision's `Resize(size)`: the longer side is scaled by the same factor and rounded down. Of a rectangle
 * the side that is shorter in proportion fits it, and the other one reaches beyond it.
 */
export function resizeToCover(
  image: Size,
  { size, unless, filter = "bilinear" }: Line<"resize">,
): AppliedOperation[] {
  const after = covering(image, sizeOfView(size));
  const isLeft =
    isSame(image, after) || (unless !== undefined && isSame(image, covering(image, sizeOfView(unless))));
  return isLeft ? [] : [{ op: "resize", ...after, filter }];
}

/** The smallest size of an image's shape that covers another size. */
export function covering({ width, height }: Size, to: Size): Size {
  return to.width * height >= to.height * width
    ? { width: to.width, height: Math.trunc((to.width * height) / width) }
    : { width: Math.trunc((to.height * width) / height), height: to.height };
}

/** torchvision's `Resize((height, width))`. */
export function stretch(image: Size, { size, filter = "bilinear" }: Line<"stretch">): AppliedOperation[] {
  const after = sizeOfView(size);
  return isSame(image, after) ? [] : [{ op: "resize", ...after, filter }];
}

/**
 * torchvision's `CenterCrop(size)` with its rounding, halves to even; smaller images are padded with black.
 */
export function centerCrop(image: Size, { size }: Line<"centerCrop">): AppliedOperation[] {
  const { width, height } = sizeOfView(size);
  if (isSame(image, { width, height })) return [];
  const start = (length: number, kept: number): number =>
    length < kept ? -Math.floor((kept - length) / 2) : roundHalfToEven((length - kept) / 2);
  return [{ op: "crop", left: start(image.width, width), top: start(image.height, height), width, height }];
}
