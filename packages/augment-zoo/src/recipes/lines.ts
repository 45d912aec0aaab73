import type { ViewSize } from "../image.ts";
import type { Operation, Range } from "../recipe.ts";

/** Size and crop of a training recipe. */
export interface CropOptions {
  /** Pixels of the view: the side of a square, or `[height, width]`. */
  readonly size: ViewSize;
  /** Range of the crop's share of the image's area. Default [0.2, 1], unless the recipe says otherwise. */
  readonly scale?: Range;
}

/** Width over height of torchvision's RandomResizedCrop. */
const RATIO: Range = [3 / 4, 4 / 3];

/** torchvision's RandomResizedCrop, bilinear. */
export const crop = (size: ViewSize, scale: Range): Operation => ({
  op: "randomResizedCrop",
  size,
  scale,
  ratio: RATIO,
});

/** A crop of TensorFlow's kind, scaled bicubically. */
export const bicubicCrop = (size: ViewSize, scale: Range): Operation => ({
  op: "randomResizedCrop",
  size,
  scale,
  ratio: RATIO,
  filter: "bicubic",
});

/** The flip and the grey that nearly every recipe has. */
export const flip: Operation = { op: "horizontalFlip", p: 0.5 };
export const grey: Operation = { op: "grayscale", p: 0.2 };

/** Pillow's blur of 0.1 to 2 pixels. */
export const blur = (p: number): Operation => ({ op: "gaussianBlur", sigma: [0.1, 2], p });

/** Colour jitter of brightness, contrast and saturation by one `strength`, unless saturation has its own. */
export const jitter = (strength: number, hue: number, p: number, saturation = strength): Operation => ({
  op: "colorJitter",
  brightness: strength,
  contrast: strength,
  saturation,
  hue,
  p,
});
