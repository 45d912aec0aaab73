import { type Canvas, withCanvas } from "./canvas.ts";
import type { Box, Image, Size } from "./image.ts";
import { autoContrast } from "./operations/auto-contrast.ts";
import { brightness } from "./operations/brightness.ts";
import { contrast } from "./operations/contrast.ts";
import { crop } from "./operations/crop.ts";
import { cutout } from "./operations/cutout.ts";
import { equalize } from "./operations/equalize.ts";
import { gaussianBlur } from "./operations/gaussian-blur.ts";
import { type GaussianKernel, gaussianKernelBlur } from "./operations/gaussian-kernel-blur.ts";
import { grayscale } from "./operations/grayscale.ts";
import { horizontalFlip } from "./operations/horizontal-flip.ts";
import { hue } from "./operations/hue.ts";
import { invert } from "./operations/invert.ts";
import { posterize } from "./operations/posterize.ts";
import { bytesBetween, outerBox, type ResampleFilter, resizedCrop } from "./operations/resized-crop.ts";
import { rotate } from "./operations/rotate.ts";
import { saturation } from "./operations/saturation.ts";
import { sharpness } from "./operations/sharpness.ts";
import { shearX, shearY } from "./operations/shear.ts";
import { solarize } from "./operations/solarize.ts";
import { solarizeAdd } from "./operations/solarize-add.ts";
import { translateX, translateY } from "./operations/translate.ts";

/** Pillow's factor: 0 is the operation's flat extreme, 1 changes nothing. */
interface Factor {
  readonly factor: number;
}

/** Operations without parameters. */
type None = object;

/** Every pixel operation with its parameters, which the function of its name in operations/ documents. */
export interface OperationParameters {
  /** `size`: side of the square that the box is scaled to, in pixels. */
  resizedCrop: Box & { readonly size: number; readonly filter: ResampleFilter };
  resize: Size & { readonly filter: ResampleFilter };
  crop: Box;
  horizontalFlip: None;
  brightness: Factor;
  contrast: Factor;
  saturation: Factor;
  sharpness: Factor;
  /** `factor`: part of the colour circle, -0.5 .. 0.5. */
  hue: Factor;
  grayscale: None;
  /** `sigma`: standard deviation in pixels. */
  gaussianBlur: { readonly sigma: number };
  /** `threshold`: 0 .. 256. */
  solarize: { readonly threshold: number };
  /** `bits`: 1 .. 8. */
  posterize: { readonly bits: number };
  autoContrast: None;
  equalize: None;
  invert: None;
  /** `shear`: in pixels per pixel. */
  shearX: { readonly shear: number };
  shearY: { readonly shear: number };
  translateX: { readonly pixels: number };
  translateY: { readonly pixels: number };
  /** `degrees`: counter-clockwise. */
  rotate: { readonly degrees: number };
  identity: None;
  gaussianKernelBlur: GaussianKernel;
  /** `colour` of the rectangle: red, green, blue. */
  cutout: Box & { readonly colour: readonly [number, number, number] };
  /** `addition` to the levels below the threshold. */
  solarizeAdd: { readonly addition: number; readonly threshold: number };
  /** Squares of the image, stacked; the operations of each are its own and leave all of one size. */
  patches: { readonly size: number; readonly patches: readonly Patch[] };
}

/** The corner of a patch in the image, and its operations. */
export interface Patch {
  readonly left: number;
  readonly top: number;
  readonly applied: readonly AppliedOperation[];
}

type Op = keyof OperationParameters;

/** An operation with fixed parameters: plain data, which a report can print and `replay` can run. */
export type AppliedOperation = { [Name in Op]: { readonly op: Name } & OperationParameters[Name] }[Op];

type Run<Name extends Op> = (canvas: Canvas, p: OperationParameters[Name]) => void;

const runs: { readonly [Name in Op]: Run<Name> } = {
  resizedCrop: (canvas, p) => resizedCrop(canvas, p, { width: p.size, height: p.size }, p.filter),
  resize: (canvas, p) => resizedCrop(canvas, wholeOf(canvas), p, p.filter),
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
    canvas.load(image, { left, top, ...square }, largestBytes(square, applied));
    for (const operation of applied) run(canvas, operation);
    canvas.read(stack.subarray(i * bytes, (i + 1) * bytes));
  });
  const stacked = { width: after.width, height: after.height * p.patches.length };
  canvas.load({ ...stacked, data: stack }, wholeOf(stacked), stack.length);
}

function run<Name extends Op>(
  canvas: Canvas,
  applied: { readonly op: Name } & OperationParameters[Name],
): void {
  runs[applied.op](canvas, applied);
}

/** The size of each patch in the end. */
const patchAfter = ({ size, patches }: OperationParameters["patches"]): Size =>
  patches[0]!.applied.reduce<Size>(sizeAfter, { width: size, height: size });

/** The size of an image after one operation. */
export function sizeAfter(size: Size, applied: AppliedOperation): Size {
  switch (applied.op) {
    case "resizedCrop":
      return { width: applied.size, height: applied.size };
    case "patches": {
      const { width, height } = patchAfter(applied);
      return { width, height: height * applied.patches.length };
    }
    case "resize":
    case "crop":
      return { width: applied.width, height: applied.height };
    default:
      return size;
  }
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

/** `replay` into existing bytes, such as a row of a batch. `target` must have the length of the result. */
export function replayInto(image: Image, applied: readonly AppliedOperation[], target: Uint8Array): void {
  const [first, ...rest] = applied;
  withCanvas((canvas) => {
    if (first?.op === "resizedCrop") {
      // Pixels outside the box are not needed.
      const seen = outerBox(first);
      canvas.load(image, seen, largestBytes(seen, applied));
      run(canvas, { ...first, left: first.left - seen.left, top: first.top - seen.top });
    } else {
      canvas.load(image, wholeOf(image), largestBytes(image, applied));
      if (first !== undefined) run(canvas, first);
    }
    for (const operation of rest) run(canvas, operation);
    canvas.read(target);
  });
}

function wholeOf({ width, height }: Size): Box {
  return { left: 0, top: 0, width, height };
}

/** Bytes of the largest intermediate image. */
function largestBytes(size: Size, applied: readonly AppliedOperation[]): number {
  let largest = size.width * size.height * 3;
  for (const operation of applied) {
    const after = sizeAfter(size, operation);
    if (operation.op === "resizedCrop") largest = Math.max(largest, bytesBetween(operation, after));
    if (operation.op === "resize") largest = Math.max(largest, bytesBetween(wholeOf(size), after));
    size = after;
    largest = Math.max(largest, size.width * size.height * 3);
  }
  return largest;
}
