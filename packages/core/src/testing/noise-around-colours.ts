import { fill } from "@tssl/engine/testing";

/**
 * `[count, numbers]`, `numbers` of each image: noise around a colour of each image's own. Noise alone looks
 * the same to a network, image by image, and batch norm in a head then makes large gradients of small
 * differences.
 *
 * @param names by which colours and noise are drawn.
 * @param scales largest distance of a colour from zero, and of a number from its colour.
 */
export function noiseAroundColours(
  names: { readonly colours: string; readonly noise: string },
  {
    count,
    numbers,
    channels = 3,
  }: { readonly count: number; readonly numbers: number; readonly channels?: number },
  scales: { readonly colours: number; readonly noise: number },
): Float64Array {
  const colours = fill(names.colours, count * channels, scales.colours);
  const noise = fill(names.noise, count * numbers, scales.noise);
  return Float64Array.from(
    noise,
    (x, i) => x + colours[Math.floor(i / numbers) * channels + (i % channels)]!,
  );
}
