import type { Image } from "./image.ts";
import { autoContrast } from "./operations/auto-contrast.ts";
import { brightness } from "./operations/brightness.ts";
import { contrast } from "./operations/contrast.ts";
import { crop } from "./operations/crop.ts";
import { equalize } from "./operations/equalize.ts";
import { gaussianBlur } from "./operations/gaussian-blur.ts";
import { grayscale } from "./operations/grayscale.ts";
import { horizontalFlip } from "./operations/horizontal-flip.ts";
import { hue } from "./operations/hue.ts";
import { invert } from "./operations/invert.ts";
import { posterize } from "./operations/posterize.ts";
import { type Box, type ResampleFilter, resizedCrop } from "./operations/resized-crop.ts";
import { rotate } from "./operations/rotate.ts";
import { saturation } from "./operations/saturation.ts";
import { sharpness } from "./operations/sharpness.ts";
import { shearX, shearY } from "./operations/shear.ts";
import { solarize } from "./operations/solarize.ts";
import { translateX, translateY } from "./operations/translate.ts";

/** Width and height. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pillow's factor: 0 is the operation's flat extreme, 1 changes nothing. */
interface Factor {
  readonly factor: number;
}

/** Operations without parameters. */
type None = object;

/** Every pixel operation with its parameters; what they mean stands with the function of that name in operations/. */
export interface OperationParameters {
  /** `size`: side of the square that the box is scaled to. */
  resizedCrop: Box & { readonly size: number; readonly filter: ResampleFilter };
  resize: Size & { readonly filter: ResampleFilter };
  crop: Box;
  horizontalFlip: None;
  brightness: Factor;
  contrast: Factor;
  saturation: Factor;
  sharpness: Factor;
  /** In turns of the colour circle, -0.5 .. 0.5. */
  hue: Factor;
  grayscale: None;
  /** Standard deviation in pixels. */
  gaussianBlur: { readonly sigma: number };
  /** 0 .. 256. */
  solarize: { readonly threshold: number };
  /** 1 .. 8. */
  posterize: { readonly bits: number };
  autoContrast: None;
  equalize: None;
  invert: None;
  /** In pixels per pixel. */
  shearX: { readonly shear: number };
  shearY: { readonly shear: number };
  translateX: { readonly pixels: number };
  translateY: { readonly pixels: number };
  /** Counter-clockwise. */
  rotate: { readonly degrees: number };
  identity: None;
}

type Op = keyof OperationParameters;

/** One operation with all its parameters fixed: plain data, which a report can print and `replay` can carry out. */
export type AppliedOperation = { [Name in Op]: { readonly op: Name } & OperationParameters[Name] }[Op];

type Run<Name extends Op> = (source: Image, target: Uint8Array, p: OperationParameters[Name]) => void;

const runs: { readonly [Name in Op]: Run<Name> } = {
  resizedCrop: (source, target, p) => resizedCrop(source, target, p, p.size, p.size, p.filter),
  resize: (source, target, { width, height, filter }) =>
    resizedCrop(
      source,
      target,
      { left: 0, top: 0, width: source.width, height: source.height },
      width,
      height,
      filter,
    ),
  crop,
  horizontalFlip,
  brightness: (source, target, { factor }) => brightness(source, target, factor),
  contrast: (source, target, { factor }) => contrast(source, target, factor),
  saturation: (source, target, { factor }) => saturation(source, target, factor),
  sharpness: (source, target, { factor }) => sharpness(source, target, factor),
  hue: (source, target, { factor }) => hue(source, target, factor),
  grayscale,
  gaussianBlur: (source, target, { sigma }) => gaussianBlur(source, target, sigma),
  solarize: (source, target, { threshold }) => solarize(source, target, threshold),
  posterize: (source, target, { bits }) => posterize(source, target, bits),
  autoContrast,
  equalize,
  invert,
  shearX: (source, target, { shear }) => shearX(source, target, shear),
  shearY: (source, target, { shear }) => shearY(source, target, shear),
  translateX: (source, target, { pixels }) => translateX(source, target, pixels),
  translateY: (source, target, { pixels }) => translateY(source, target, pixels),
  rotate: (source, target, { degrees }) => rotate(source, target, degrees),
  identity: (source, target) => target.set(source.data),
};

function run<Name extends Op>(
  source: Image,
  target: Uint8Array,
  applied: { readonly op: Name } & OperationParameters[Name],
): void {
  runs[applied.op](source, target, applied);
}

/** The size of an image after one operation. */
export function sizeAfter(size: Size, applied: AppliedOperation): Size {
  switch (applied.op) {
    case "resizedCrop":
      return { width: applied.size, height: applied.size };
    case "resize":
    case "crop":
      return { width: applied.width, height: applied.height };
    default:
      return size;
  }
}

/** Carries out operations as `applyRecipe` reported them: the same image gives the same bytes. */
export function replay(image: Image, applied: readonly AppliedOperation[]): Image {
  const size = applied.reduce<Size>(sizeAfter, image);
  const data = new Uint8Array(size.width * size.height * 3);
  replayInto(image, applied, data);
  return { width: size.width, height: size.height, data };
}

/** `replay` into bytes that are already there, such as a row of a batch. `target` must have the result's length. */
export function replayInto(image: Image, applied: readonly AppliedOperation[], target: Uint8Array): void {
  const effective = applied.filter(({ op }) => op !== "identity");
  const last = effective.length - 1;
  if (last < 0) {
    target.set(image.data);
    return;
  }
  effective.forEach((operation, i) => {
    const { width, height } = sizeAfter(image, operation);
    const data = i === last ? target : scratchOf(i & 1, width * height * 3);
    run(image, data, operation);
    image = { width, height, data };
  });
}

/** Two buffers that operations read and write by turns; kept, because a fresh one per operation would cost more than many do. */
const scratch: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];

function scratchOf(which: number, bytes: number): Uint8Array {
  const at = which === 0 ? 0 : 1;
  if (scratch[at].length < bytes) scratch[at] = new Uint8Array(bytes);
  return scratch[at].subarray(0, bytes);
}
