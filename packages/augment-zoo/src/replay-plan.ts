import { type AppliedOperation, sizeAfter } from "./applied.ts";
import { type Box, type Corner, CORNER, type Size, sizeOfView, wholeOf } from "./image.ts";
import { viewTooLarge } from "./messages/images.ts";
import { pixelsBetween, type Scaling, seenBy } from "./operations/resized-crop.ts";

/** A step of the plan: scaling, or an operation as it is. */
export type Step = ScaleStep | Exclude<AppliedOperation, { readonly op: "resizedCrop" | "resize" }>;

type ScaleStep = Scaling & {
  readonly op: "scale";
  /** The corner of what the canvas holds, in the image that is scaled. */
  readonly from: Corner;
};

/**
 * Operations that change each pixel by itself, or its place alone: a crop after them gives the same bytes as
 * one before.
 */
const POINTWISE = new Set<Step["op"]>([
  "brightness",
  "grayscale",
  "horizontalFlip",
  "hue",
  "identity",
  "invert",
  "keepChannel",
  "posterize",
  "saturation",
  "solarize",
  "solarizeAdd",
] satisfies Step["op"][]);

/** Pixels of the largest image between two operations; a larger one would need more than 800 MB. */
const MOST_PIXELS = 2 ** 27;

/**
 * The steps that carry out operations on an image of this size.
 *
 * Where a crop follows a scaling, only the part that it keeps is computed. So an image of 60000 x 1 pixels,
 * whose evaluation view scales it to 15 million columns and keeps 224 of them, takes no more memory than
 * another one.
 *
 * @throws {ImageError} if an image between two operations would have more than 2^27 pixels.
 */
export function planOf(size: Size, applied: readonly AppliedOperation[]): Step[] {
  const steps = applied.map((operation): Step => {
    const step = stepOf(operation, size);
    size = sizeAfter(size, operation);
    return step;
  });
  for (let i = steps.length - 2; i >= 0; i--) narrow(steps, i);
  for (const step of steps) {
    if (step.op !== "scale") continue;
    const { width, height } = step.kept;
    if (Math.max(width * height, pixelsBetween(step)) > MOST_PIXELS) {
      throw viewTooLarge({ width, height }, MOST_PIXELS);
    }
  }
  return steps;
}

function stepOf(operation: AppliedOperation, size: Size): Step {
  if (operation.op === "resizedCrop") {
    const { left, top, width, height, filter } = operation;
    const to = sizeOfView(operation.size);
    return { op: "scale", box: { left, top, width, height }, ...to, filter, kept: wholeOf(to), from: CORNER };
  }
  if (operation.op === "resize") {
    const { width, height, filter } = operation;
    const kept = wholeOf(operation);
    return { op: "scale", box: wholeOf(size), width, height, filter, kept, from: CORNER };
  }
  return operation;
}

/** Narrows the step at place `i`, if it scales, to what the next crop or scaling sees of it. */
function narrow(steps: Step[], i: number): void {
  const scaling = steps[i]!;
  const end = steps.findIndex(({ op }, at) => at > i && !POINTWISE.has(op));
  const next = steps[end];
  if (scaling.op !== "scale" || next === undefined) return;
  let seen: Box;
  if (next.op === "crop") {
    seen = inside(next, scaling);
    steps[end] = { ...next, left: next.left - seen.left, top: next.top - seen.top };
  } else if (next.op === "scale") {
    seen = seenBy(next);
    steps[end] = { ...next, from: seen };
  } else {
    return;
  }
  const flips = steps.slice(i + 1, end).filter(({ op }) => op === "horizontalFlip").length;
  const left = flips % 2 === 0 ? seen.left : scaling.width - seen.left - seen.width;
  steps[i] = { ...scaling, kept: { ...seen, left } };
}

/** The part of a box that lies in the image; one pixel of the image where none does. */
function inside(box: Box, { width, height }: Size): Box {
  const [left, top] = [clip(box.left, width - 1), clip(box.top, height - 1)];
  const [right, bottom] = [clip(box.left + box.width, width), clip(box.top + box.height, height)];
  return { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

const clip = (place: number, most: number): number => Math.max(0, Math.min(most, place));

/** Bytes of the largest image on the way, of which the first has this size. */
export function largestBytes(first: Size, steps: readonly Step[]): number {
  let size = first;
  let largest = size.width * size.height;
  for (const step of steps) {
    if (step.op === "scale") largest = Math.max(largest, pixelsBetween(step));
    size = step.op === "scale" ? step.kept : sizeAfter(size, step);
    largest = Math.max(largest, size.width * size.height);
  }
  return largest * 3;
}
