/** An 8-bit RGB image: `height` rows of `width` pixels, three bytes each. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * What the encoder sees of an image: `evaluationView` of @tssl/augment-zoo, to the bit. The shorter side
 * becomes 256/224 of `size`, unless it is `size` already, and the middle `size` x `size` is cut out.
 *
 * @returns RGB bytes `[size, size, 3]`.
 */
export function evaluationPixels(image: Pixels, size: number): Uint8Array {
  const shorter = Math.min(image.width, image.height);
  const target = Math.round((size * 256) / 224);
  const resized = shorter === size || shorter === target ? image : resizeShorterSide(image, target);
  return centerCrop(resized, size);
}

/** torchvision's `Resize(size)`: the longer side is scaled by the same factor and rounded down. */
function resizeShorterSide(image: Pixels, size: number): Pixels {
  const { width, height } = image;
  const longer = Math.trunc((size * Math.max(width, height)) / Math.min(width, height));
  const [toWidth, toHeight] = width <= height ? [size, longer] : [longer, size];
  // Pillow's order of the two passes.
  const lostRows = height - toHeight;
  return lostRows > 0 && lostRows > (width - toWidth) * 2
    ? scaleRows(scaleColumns(image, toHeight), toWidth)
    : scaleColumns(scaleRows(image, toWidth), toHeight);
}

/** torchvision's `CenterCrop(size)`, halves rounded to even, of an image that is no smaller. */
function centerCrop({ width, height, data }: Pixels, size: number): Uint8Array {
  const start = (side: number): number => {
    const half = (side - size) / 2;
    return Number.isInteger(half) ? half : 2 * Math.round(half / 2);
  };
  const [left, top] = [start(width), start(height)];
  const cropped = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    const from = ((top + y) * width + left) * 3;
    cropped.set(data.subarray(from, from + size * 3), y * size * 3);
  }
  return cropped;
}

/** Scales every row to `to` pixels. */
function scaleRows(image: Pixels, to: number): Pixels {
  const { width, height, data } = image;
  if (width === to) return image;
  const outputs = weightsOf(width, to);
  const scaled = new Uint8Array(to * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (const { first, weights } of outputs) {
      const start = (y * width + first) * 3;
      for (let channel = 0; channel < 3; channel++, at++) {
        scaled[at] = weighted(data, start + channel, 3, weights);
      }
    }
  }
  return { width: to, height, data: scaled };
}

/** Scales every column to `to` pixels. */
function scaleColumns(image: Pixels, to: number): Pixels {
  const { width, height, data } = image;
  if (height === to) return image;
  const row = width * 3;
  const scaled = new Uint8Array(row * to);
  weightsOf(height, to).forEach(({ first, weights }, y) => {
    for (let x = 0; x < row; x++) scaled[y * row + x] = weighted(data, first * row + x, row, weights);
  });
  return { width, height: to, data: scaled };
}

/** The sum of weights in 22-bit fixed point times every `step`-th byte from `start` on, rounded. */
function weighted(data: Uint8Array, start: number, step: number, weights: Int32Array): number {
  let sum = 1 << 21;
  for (let i = 0, at = start; i < weights.length; i++, at += step) sum += data[at]! * weights[i]!;
  return sum >> 22;
}

/** The inputs of each output, and their weights: Pillow's bilinear filter, widened where it shrinks. */
function weightsOf(inputs: number, outputs: number): readonly { first: number; weights: Int32Array }[] {
  const scale = inputs / outputs;
  const support = Math.max(scale, 1);
  return Array.from({ length: outputs }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(inputs, Math.trunc(centre + support + 0.5));
    const shares = Array.from({ length: end - first }, (_, x) =>
      Math.max(0, 1 - Math.abs((x + first - centre + 0.5) / support)),
    );
    const total = shares.reduce((sum, share) => sum + share, 0);
    return { first, weights: Int32Array.from(shares, (share) => (share / total) * (1 << 22) + 0.5) };
  });
}
