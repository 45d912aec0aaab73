import type { AppliedOperation } from "./applied.ts";
import { type Size, sizeOfView } from "./image.ts";

/**
 * Factors by which a JPEG can be decoded at a smaller size. Factor 2 takes as long as full size and is not
 * used.
 */
const FACTORS = [8, 4] as const;

/** Smallest ratio of the side of the decoded image to that of the view. */
const MARGIN = 2;

/**
 * The smaller size at which an image can be decoded for these views: all of them begin by shrinking it, or a
 * part of it, to less than that size. Undefined if it must be decoded at full size.
 *
 * The views differ from exact ones by at most 2 levels on average, measured on photographs with much detail.
 */
export function shrunkSize(size: Size, views: readonly (readonly AppliedOperation[])[]): Size | undefined {
  const factor = FACTORS.find((each) => views.every(([first]) => shrinks(size, first) >= MARGIN * each));
  if (factor === undefined) return undefined;
  return { width: Math.floor(size.width / factor), height: Math.floor(size.height / factor) };
}

function shrinks(size: Size, first: AppliedOperation | undefined): number {
  if (first?.op === "resizedCrop") {
    const { width, height } = sizeOfView(first.size);
    return Math.min(first.width / width, first.height / height);
  }
  if (first?.op === "resize") return Math.min(size.width / first.width, size.height / first.height);
  return 1;
}

/**
 * The operations of a view for the image decoded at another size. The box may then begin and end within
 * pixels.
 */
export function onShrunk(
  applied: readonly AppliedOperation[],
  from: Size,
  to: Size,
): readonly AppliedOperation[] {
  const [first, ...rest] = applied;
  if (first?.op !== "resizedCrop") return applied;
  const [x, y] = [to.width / from.width, to.height / from.height];
  const box = { left: first.left * x, top: first.top * y, width: first.width * x, height: first.height * y };
  return [{ ...first, ...box }, ...rest];
}
