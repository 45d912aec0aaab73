import type { AppliedOperation } from "./applied.ts";
import type { Size } from "./image.ts";

/** How many times smaller a JPEG may be decoded. Twice is left out: it takes as long as decoding in full. */
const FACTORS = [8, 4] as const;

/** What is decoded smaller still has this many times the view's pixels along each side. */
const MARGIN = 2;

/**
 * The size to decode an image at for these views: smaller where each of them begins by shrinking it, or a
 * part of it, still more than that. Undefined where it must be decoded in full.
 *
 * Views made of it differ from exact ones by 2 levels in the mean at most, measured on photographs full of
 * detail.
 */
export function shrunkSize(size: Size, views: readonly (readonly AppliedOperation[])[]): Size | undefined {
  const factor = FACTORS.find((each) => views.every(([first]) => shrinks(size, first) >= MARGIN * each));
  if (factor === undefined) return undefined;
  return { width: Math.floor(size.width / factor), height: Math.floor(size.height / factor) };
}

function shrinks(size: Size, first: AppliedOperation | undefined): number {
  if (first?.op === "resizedCrop") return Math.min(first.width, first.height) / first.size;
  if (first?.op === "resize") return Math.min(size.width / first.width, size.height / first.height);
  return 1;
}

/**
 * A view's operations for the image decoded at another size. The box need not begin and end on whole pixels
 * any more.
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
