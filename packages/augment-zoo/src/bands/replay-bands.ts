import type { AppliedOperation, OperationParameters } from "../applied.ts";
import { seenBy } from "../operations/resized-crop.ts";
import { rotation } from "../operations/rotate.ts";
import { planOf, type Step } from "../replay-plan.ts";
import { type BandImage } from "./band-image.ts";
import { gaussianBlurBands, gaussianKernelBlurBands } from "./blur-bands.ts";
import {
  brightnessBands,
  contrastBands,
  grayscaleBands,
  hueBands,
  saturationBands,
  solarizeBands,
} from "./colour-bands.ts";
import { affineBands, cropBands, flipBands, paintBands } from "./move-bands.ts";
import { scaleBands } from "./scale-bands.ts";

/**
 * Carries out operations on an image of any bands in float32. Geometry and blurs act on every band alike;
 * `checkBands` says which recipes can be sampled.
 *
 * @throws {ImageError} as `replayInto`.
 */
export function replayBands(image: BandImage, applied: readonly AppliedOperation[]): BandImage {
  const [first, ...rest] = planOf(image, applied);
  if (first === undefined) return image;
  if (first.op !== "scale") return [first, ...rest].reduce(run, image);
  const seen = seenBy(first); // other pixels are not needed
  return [{ ...first, from: seen }, ...rest].reduce(run, cropBands(image, seen));
}

function run(image: BandImage, step: Step): BandImage {
  switch (step.op) {
    case "scale":
      return scaleBands(image, step, step.from);
    case "crop":
      return cropBands(image, step);
    case "horizontalFlip":
      return flipBands(image);
    case "cutout":
      return paintBands(image, step, greyOf(step.colour));
    case "shearX":
      return affineBands(image, [1, step.shear, 0, 0, 1, 0], step, greyOf(step.fill));
    case "shearY":
      return affineBands(image, [1, 0, 0, step.shear, 1, 0], step, greyOf(step.fill));
    case "translateX":
      return affineBands(image, [1, 0, step.pixels, 0, 1, 0], step, greyOf(step.fill));
    case "translateY":
      return affineBands(image, [1, 0, 0, 0, 1, step.pixels], step, greyOf(step.fill));
    case "rotate": {
      const matrix = rotation(image, step.degrees);
      return matrix === undefined ? image : affineBands(image, matrix, step, greyOf(step.fill));
    }
    case "gaussianBlur":
      return gaussianBlurBands(image, step);
    case "gaussianKernelBlur":
      return gaussianKernelBlurBands(image, step);
    case "brightness":
      return brightnessBands(image, step);
    case "contrast":
      return contrastBands(image, step);
    case "saturation":
      return saturationBands(image, step);
    case "hue":
      return hueBands(image, step);
    case "grayscale":
      return grayscaleBands(image);
    case "solarize":
      return solarizeBands(image, step);
    case "identity":
      return image;
    case "patches":
      return patches(image, step);
    default:
      throw new Error(`${step.op} works on bytes alone`); // `checkBands` refuses its recipe
  }
}

/** The brightness of a colour, 0 .. 1: what bands show beyond their border. */
const greyOf = ([red, green, blue]: readonly [number, number, number] = [0, 0, 0]): number =>
  (0.299 * red + 0.587 * green + 0.114 * blue) / 255;

function patches(image: BandImage, p: OperationParameters["patches"]): BandImage {
  const cut = p.patches.map(({ left, top, applied }) =>
    replayBands(cropBands(image, { left, top, width: p.size, height: p.size }), applied),
  );
  const [{ width, height, channels }] = cut as [BandImage];
  const data = new Float32Array(cut.length * width * height * channels);
  cut.forEach((patch, i) => data.set(patch.data, i * patch.data.length));
  return { width, height: height * cut.length, channels, data };
}
