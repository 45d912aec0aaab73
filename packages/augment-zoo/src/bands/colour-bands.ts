import type { BandImage } from "./band-image.ts";

const clipped = (x: number): number => (x < 0 ? 0 : x > 1 ? 1 : x);

/** The same image with each number mapped by itself. */
const mapped = (image: BandImage, map: (value: number, band: number) => number): BandImage => ({
  ...image,
  data: image.data.map((value, i) => map(value, i % image.channels)),
});

/** torchvision's `adjust_brightness` of floats, on any bands: `factor * x`, clipped to 0 .. 1. */
export const brightnessBands = (image: BandImage, { factor }: { readonly factor: number }): BandImage =>
  mapped(image, (value) => clipped(factor * value));

/**
 * torchvision's `adjust_contrast` of floats: `factor * x + (1 - factor) * mean`, clipped to 0 .. 1. The mean
 * is that of the brightness where the bands are red, green and blue; of other bands each has its own.
 */
export function contrastBands(image: BandImage, { factor }: { readonly factor: number }): BandImage {
  const { channels, data } = image;
  const means = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) means[i % channels]! += data[i]!;
  const each = means.map((sum) => (sum * channels) / data.length);
  const middle = channels === 3 ? each.fill(luma(each[0]!, each[1]!, each[2]!)) : each;
  return mapped(image, (value, band) => clipped(factor * value + (1 - factor) * middle[band]!));
}

/** Inverts values from `threshold` (0 .. 256, as of bytes) on, on any bands. */
export const solarizeBands = (image: BandImage, { threshold }: { readonly threshold: number }): BandImage =>
  mapped(image, (value) => (value * 255 < threshold ? value : 1 - value));

/** ITU-R 601 brightness, as torchvision's `rgb_to_grayscale` has it. */
const luma = (red: number, green: number, blue: number): number =>
  0.2989 * red + 0.587 * green + 0.114 * blue;

/** Maps each pixel of an image whose bands are red, green and blue; one of one band is grey and stays. */
function mapColours(
  image: BandImage,
  map: (rgb: readonly [number, number, number]) => readonly number[],
): BandImage {
  if (image.channels !== 3) return image;
  const data = new Float32Array(image.data.length);
  for (let i = 0; i < data.length; i += 3) {
    data.set(map([image.data[i]!, image.data[i + 1]!, image.data[i + 2]!]), i);
  }
  return { ...image, data };
}

/** torchvision's `Grayscale(3)` of floats. */
export const grayscaleBands = (image: BandImage): BandImage =>
  mapColours(image, ([red, green, blue]) => {
    const grey = luma(red, green, blue);
    return [grey, grey, grey];
  });

/** torchvision's `adjust_saturation` of floats. */
export const saturationBands = (image: BandImage, { factor }: { readonly factor: number }): BandImage =>
  mapColours(image, (rgb) => {
    const grey = luma(...rgb);
    return rgb.map((value) => clipped(factor * value + (1 - factor) * grey));
  });

/** torchvision's `adjust_hue` of floats: the hue of HSV, turned by `factor` of the circle. */
export const hueBands = (image: BandImage, { factor }: { readonly factor: number }): BandImage =>
  mapColours(image, ([red, green, blue]) => {
    const most = Math.max(red, green, blue);
    const spread = most - Math.min(red, green, blue);
    if (spread === 0) return [red, green, blue];
    const sector =
      most === red
        ? (green - blue) / spread
        : most === green
          ? 2 + (blue - red) / spread
          : 4 + (red - green) / spread;
    const turned = (((sector / 6 + factor) % 1) + 1) % 1;
    return fromHsv(turned, spread / most, most);
  });

function fromHsv(hue: number, saturation: number, value: number): readonly number[] {
  const sector = Math.floor(hue * 6);
  const part = hue * 6 - sector;
  const p = clipped(value * (1 - saturation));
  const q = clipped(value * (1 - saturation * part));
  const t = clipped(value * (1 - saturation * (1 - part)));
  return [
    [value, t, p],
    [q, value, p],
    [p, value, t],
    [p, q, value],
    [t, p, value],
    [value, p, q],
  ][sector % 6]!;
}
