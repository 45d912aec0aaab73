import type { Corner } from "../image.ts";
import {
  isColumnFirst,
  axesOf,
  type Axis,
  kernelOf,
  type Scaling,
  tapsOf,
} from "../operations/resized-crop.ts";
import type { ResampleFilter } from "../operations/resized-crop.ts";
import { type BandImage, blankBands } from "./band-image.ts";
import { cropBands } from "./move-bands.ts";

/**
 * Cuts a box out, scales it and keeps a part, as `resizedCrop` does with bytes: Pillow's two passes on images
 * of mode "F", band by band. Weights are float64, and each pass is rounded to float32.
 *
 * @param from the corner of what `image` holds, in the image that is scaled.
 */
export function scaleBands(image: BandImage, scaling: Scaling, from: Corner): BandImage {
  const { columns, rows } = axesOf(scaling);
  const at = { left: Math.floor(scaling.box.left) - from.left, top: Math.floor(scaling.box.top) - from.top };
  const part = cropBands(image, {
    left: at.left + columns.seen.start,
    top: at.top + rows.seen.start,
    width: columns.seen.length,
    height: rows.seen.length,
  });
  const along = (input: BandImage): BandImage =>
    columns.isScaled ? scaleRows(input, columns, scaling.filter) : input;
  const down = (input: BandImage): BandImage =>
    rows.isScaled ? scaleColumns(input, rows, scaling.filter) : input;
  return isColumnFirst(scaling.box, scaling) ? along(down(part)) : down(along(part));
}

/** The first input of an output, counted from the first that is seen, and the weights. */
interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

function weighed(axis: Axis, filter: ResampleFilter): readonly Taps[] {
  const { wide, centre, low, high } = tapsOf(axis, filter);
  const kernel = kernelOf(filter);
  return Array.from({ length: axis.kept.length }, (_, i) => {
    const output = axis.kept.start + i;
    const first = low(output);
    const weights = Float64Array.from({ length: high(output) - first }, (_, x) =>
      kernel((x + first - centre(output) + 0.5) / wide),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first: first - axis.seen.start, weights: weights.map((weight) => weight / (total || 1)) };
  });
}

function scaleRows(image: BandImage, axis: Axis, filter: ResampleFilter): BandImage {
  const { height, width, channels, data } = image;
  const scaled = blankBands({ width: axis.kept.length, height }, channels);
  const taps = weighed(axis, filter);
  for (let y = 0, at = 0; y < height; y++) {
    for (const { first, weights } of taps) {
      const start = (y * width + first) * channels;
      for (let c = 0; c < channels; c++, at++) {
        let sum = 0;
        for (let x = 0, from = start + c; x < weights.length; x++, from += channels)
          sum += data[from]! * weights[x]!;
        scaled.data[at] = sum;
      }
    }
  }
  return scaled;
}

function scaleColumns(image: BandImage, axis: Axis, filter: ResampleFilter): BandImage {
  const { width, channels, data } = image;
  const scaled = blankBands({ width, height: axis.kept.length }, channels);
  const row = width * channels;
  weighed(axis, filter).forEach(({ first, weights }, y) => {
    for (let i = 0; i < row; i++) {
      let sum = 0;
      for (let k = 0, from = first * row + i; k < weights.length; k++, from += row)
        sum += data[from]! * weights[k]!;
      scaled.data[y * row + i] = sum;
    }
  });
  return scaled;
}
