import { boxRadius } from "../operations/gaussian-blur.ts";
import type { GaussianKernel } from "../operations/gaussian-kernel-blur.ts";
import { type BandImage, blankBands } from "./band-image.ts";

/** The place of a neighbour within a row; undefined where there is none and 0 stands for it. */
type Border = (place: number, length: number) => number | undefined;

const repeated: Border = (place, length) => Math.max(0, Math.min(length - 1, place));
const black: Border = (place, length) => (place >= 0 && place < length ? place : undefined);
const mirrored: Border = (place, length) => {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = ((place % period) + period) % period;
  return within < length ? within : period - within;
};

/**
 * `gaussianBlur` on any bands: three boxes of fractional width along x and three along y, of the radius that
 * Pillow computes, without its rounding to 8 bits. Pixels at the border are repeated outwards.
 */
export function gaussianBlurBands(image: BandImage, { sigma }: { readonly sigma: number }): BandImage {
  const radius = boxRadius(sigma);
  if (radius === 0) return image;
  const reach = Math.trunc(radius);
  const full = 1 / (radius * 2 + 1);
  const edge = (1 - (reach * 2 + 1) * full) / 2;
  const weights = Array.from({ length: reach + 2 }, (_, i) => (i <= reach ? full : edge));
  let blurred = image;
  for (const axis of ["x", "x", "x", "y", "y", "y"] as const)
    blurred = convolve(blurred, axis, weights, repeated);
  return blurred;
}

/** `gaussianKernelBlur` on any bands: torchvision's `GaussianBlur` of floats, or SimCLR's with "black". */
export function gaussianKernelBlurBands(
  image: BandImage,
  { sigma, kernelSize, border }: GaussianKernel,
): BandImage {
  const radius = (kernelSize - 1) / 2;
  const bell = Array.from({ length: radius + 1 }, (_, x) => Math.exp(-(x * x) / (2 * sigma * sigma)));
  const total = bell.reduce((sum, weight, x) => sum + (x === 0 ? weight : 2 * weight), 0);
  const weights = bell.map((weight) => weight / total);
  const beyond = border === "mirror" ? mirrored : black;
  return convolve(convolve(image, "y", weights, beyond), "x", weights, beyond);
}

/** A symmetric kernel along one axis; `weights` from the middle outwards. */
function convolve(image: BandImage, axis: "x" | "y", weights: readonly number[], border: Border): BandImage {
  const { width, height, channels, data } = image;
  const result = blankBands(image, channels);
  const [length, step] = axis === "x" ? [width, channels] : [height, width * channels];
  // Offsets of the neighbours of each place along the axis, and their weights.
  const neighbours = Array.from({ length }, (_, place) =>
    weights.flatMap((weight, k) =>
      (k === 0 ? [0] : [-k, k]).flatMap((by) => {
        const found = border(place + by, length);
        return found === undefined ? [] : [[(found - place) * step, weight] as const];
      }),
    ),
  );
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const near = neighbours[axis === "x" ? x : y]!;
      for (let c = 0; c < channels; c++, at++) {
        let sum = 0;
        for (const [offset, weight] of near) sum += data[at + offset]! * weight;
        result.data[at] = sum;
      }
    }
  }
  return result;
}
