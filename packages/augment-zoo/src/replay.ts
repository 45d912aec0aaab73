import { type AppliedOperation, type OperationParameters, patchAfter, sizeAfter } from "./applied.ts";
import { type Canvas, withCanvas } from "./canvas.ts";
import { type Image, type Size, wholeOf } from "./image.ts";
import { autoContrast } from "./operations/auto-contrast.ts";
import { brightness } from "./operations/brightness.ts";
import { contrast } from "./operations/contrast.ts";
import { crop } from "./operations/crop.ts";
import { cutout } from "./operations/cutout.ts";
import { equalize } from "./operations/equalize.ts";
import { gaussianBlur } from "./operations/gaussian-blur.ts";
import { gaussianKernelBlur } from "./operations/gaussian-kernel-blur.ts";
import { grayscale } from "./operations/grayscale.ts";
import { horizontalFlip } from "./operations/horizontal-flip.ts";
import { hue } from "./operations/hue.ts";
import { invert } from "./operations/invert.ts";
import { keepChannel } from "./operations/keep-channel.ts";
import { posterize } from "./operations/posterize.ts";
import { resizedCrop, seenBy } from "./operations/resized-crop.ts";
import { rotate } from "./operations/rotate.ts";
import { saturation } from "./operations/saturation.ts";
import { sharpness } from "./operations/sharpness.ts";
import { shearX, shearY } from "./operations/shear.ts";
import { solarize } from "./operations/solarize.ts";
import { solarizeAdd } from "./operations/solarize-add.ts";
import { translateX, translateY } from "./operations/translate.ts";
import { largestBytes, planOf, type Step } from "./replay-plan.ts";

/** The operations that are run as they are; `planOf` makes one step of both that scale. */
type Op = Exclude<keyof OperationParameters, "resizedCrop" | "resize">;

type Run<Name extends Op> = (canvas: Canvas, p: OperationParameters[Name]) => void;

const runs: { readonly [Name in Op]: Run<Name> } = {
  crop,
  horizontalFlip,
  brightness,
  contrast,
  saturation,
  sharpness,
  hue,
  grayscale,
  gaussianBlur,
  solarize,
  posterize,
  autoContrast,
  equalize,
  invert,
  shearX,
  shearY,
  translateX,
  translateY,
  rotate,
  identity: () => undefined,
  gaussianKernelBlur,
  cutout,
  keepChannel,
  solarizeAdd,
  patches,
};

function patches(canvas: Canvas, p: OperationParameters["patches"]): void {
  const { width, height } = canvas;
  const image = { width, height, data: new Uint8Array(width * height * 3) };
  canvas.read(image.data);
  const square = { width: p.size, height: p.size };
  const after = patchAfter(p);
  const bytes = after.width * after.height * 3;
  const stack = new Uint8Array(p.patches.length * bytes);
  p.patches.forEach(({ left, top, applied }, i) => {
    const steps = planOf(square, applied);
    canvas.load(image, { left, top, ...square }, largestBytes(square, steps));
    for (const step of steps) run(canvas, step);
    canvas.read(stack.subarray(i * bytes, (i + 1) * bytes));
  });
  const stacked = { width: after.width, height: after.height * p.patches.length };
  canvas.load({ ...stacked, data: stack }, wholeOf(stacked), stack.length);
}

function run(canvas: Canvas, step: Step): void {
  if (step.op === "scale") resizedCrop(canvas, step, step.from);
  else runOne(canvas, step);
}

function runOne<Name extends Op>(
  canvas: Canvas,
  applied: { readonly op: Name } & OperationParameters[Name],
): void {
  runs[applied.op](canvas, applied);
}

/**
 * Carries out operations as `applyRecipe` reported them: the same image gives the same bytes.
 *
 * @example
 * ```ts
 * // Levels from 128 on are inverted.
 * const gray = { width: 2, height: 1, data: Uint8Array.of(10, 10, 10, 200, 200, 200) };
 * replay(gray, [{ op: "solarize", threshold: 128 }]).data; // => [10, 10, 10, 55, 55, 55]
 * ```
 */
export function replay(image: Image, applied: readonly AppliedOperation[]): Image {
  const size = applied.reduce<Size>(sizeAfter, image);
  const data = new Uint8Array(size.width * size.height * 3);
  replayInto(image, applied, data);
  return { width: size.width, height: size.height, data };
}

/**
 * `replay` into existing bytes, such as a row of a batch. `target` must have the length of the result.
 *
 * @throws {ImageError} if an image between two operations would have more than 2^27 pixels.
 */
export function replayInto(image: Image, applied: readonly AppliedOperation[], target: Uint8Array): void {
  const steps = planOf(image, applied);
  const [first] = steps;
  const seen = first?.op === "scale" ? seenBy(first) : wholeOf(image); // other pixels are not needed
  if (first?.op === "scale") steps[0] = { ...first, from: seen };
  withCanvas((canvas) => {
    canvas.load(image, seen, largestBytes(seen, steps));
    for (const step of steps) run(canvas, step);
    canvas.read(target);
  });
}
