import type { Image } from "../image.ts";

const { fround } = Math;

/**
 * Turns every colour by `factor` of the colour circle, -0.5 .. 0.5. As torchvision's `adjust_hue` on a PIL image.
 *
 * By way of Pillow's 8-bit HSV, so that even factor 0 moves some pixels by a level or more: hue has 256 steps, of which
 * the factor moves trunc(255 * factor), and saturation is truncated.
 */
export function hue(source: Image, target: Uint8Array, factor: number): void {
  const { data } = source;
  const shift = Math.trunc(factor * 255);
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i]!;
    const green = data[i + 1]!;
    const blue = data[i + 2]!;
    const high = red > green ? (red > blue ? red : blue) : green > blue ? green : blue;
    const low = red < green ? (red < blue ? red : blue) : green < blue ? green : blue;
    const saturation = high === low ? 0 : SATURATION[(high << 8) | (high - low)]!;
    if (saturation === 0) {
      target[i] = target[i + 1] = target[i + 2] = high;
      continue;
    }

    // Hue in sixths of the circle, from the distances of the two lower channels to the highest, in float32.
    const span = high - low;
    let sixths;
    if (red === high) {
      sixths = fround(fround((high - blue) / span) - fround((high - green) / span));
    } else if (green === high) {
      sixths = fround(2 + fround((high - red) / span) - fround((high - blue) / span));
    } else {
      sixths = fround(4 + fround((high - green) / span) - fround((high - red) / span));
    }
    const turn = sixths / 6 + 1;
    const circle = fround(turn >= 1 ? turn - 1 : turn);
    const turned = (Math.min(255, Math.trunc(circle * 255)) + shift) & 255;

    const part = PART[turned]!;
    const s = fround(saturation / 255);
    const least = (high * (1 - s) + 0.5) | 0;
    const falling = (high * (1 - fround(s * part)) + 0.5) | 0;
    const rising = (high * (1 - s * (1 - part)) + 0.5) | 0;
    switch (SIXTH[turned]!) {
      case 0:
        target[i] = high;
        target[i + 1] = rising;
        target[i + 2] = least;
        break;
      case 1:
        target[i] = falling;
        target[i + 1] = high;
        target[i + 2] = least;
        break;
      case 2:
        target[i] = least;
        target[i + 1] = high;
        target[i + 2] = rising;
        break;
      case 3:
        target[i] = least;
        target[i + 1] = falling;
        target[i + 2] = high;
        break;
      case 4:
        target[i] = rising;
        target[i + 1] = least;
        target[i + 2] = high;
        break;
      default:
        target[i] = high;
        target[i + 1] = least;
        target[i + 2] = falling;
    }
  }
}

/** Saturation by (highest channel, highest - lowest): their ratio in float32, times 255, truncated. */
const SATURATION = Uint8Array.from({ length: 65536 }, (_, i) => {
  const high = i >> 8;
  return high === 0 ? 0 : Math.min(255, Math.trunc(fround((i & 255) / high) * 255));
});

/** Of each 8-bit hue: which sixth of the circle it lies in, and how far into it. */
const SIXTH = Uint8Array.from({ length: 256 }, (_, h) => Math.floor((h * 6) / 255) % 6);
const PART = Float32Array.from({ length: 256 }, (_, h) => (h * 6) / 255 - Math.floor((h * 6) / 255));
