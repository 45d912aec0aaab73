import { type Box, type Size, sizeOfView, type ViewSize } from "./image.ts";
import type { GaussianKernel } from "./operations/gaussian-kernel-blur.ts";
import type { ResampleFilter } from "./operations/resized-crop.ts";
import type { Rotation } from "./operations/rotate.ts";
import type { Shear } from "./operations/shear.ts";
import type { Translation } from "./operations/translate.ts";

/** Pillow's factor: 0 is the operation's flat extreme, 1 changes nothing. */
interface Factor {
  readonly factor: number;
}

/** Operations without parameters. */
type None = object;

/** Every pixel operation with its parameters, which the function of its name in operations/ documents. */
export interface OperationParameters {
  /** `size`: what the box is scaled to, in pixels: the side of a square, or `[height, width]`. */
  resizedCrop: Box & { readonly size: ViewSize; readonly filter: ResampleFilter };
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
  shearX: Shear;
  shearY: Shear;
  translateX: Translation;
  translateY: Translation;
  /** `degrees`: counter-clockwise. */
  rotate: Rotation;
  identity: None;
  gaussianKernelBlur: GaussianKernel;
  /** `colour` of the rectangle: red, green, blue. */
  cutout: Box & { readonly colour: readonly [number, number, number] };
  /** `channel`: 0 red, 1 green, 2 blue. `colour`: the levels of the two others. */
  keepChannel: { readonly channel: number; readonly colour: readonly [number, number, number] };
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

/** The size of each patch in the end. */
export const patchAfter = ({ size, patches }: OperationParameters["patches"]): Size =>
  patches[0]!.applied.reduce<Size>(sizeAfter, { width: size, height: size });

/** The size of an image after one operation. */
export function sizeAfter(size: Size, applied: AppliedOperation): Size {
  switch (applied.op) {
    case "resizedCrop":
      return sizeOfView(applied.size);
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
