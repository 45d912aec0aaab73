import type { Canvas } from "../canvas.ts";

/**
 * Spreads the levels of each channel so that they are about equally frequent. As `ImageOps.equalize`.
 *
 * Level i becomes the number of pixels below it over a step of 1/255 of all pixels but those of the last
 * level, in whole numbers. A channel of one level, or one with fewer than 255 such pixels, stays as it is.
 */
export function equalize(canvas: Canvas): void {
  const counts = canvas.histogram();
  const tables = new Uint8Array(768);
  for (let channel = 0; channel < 768; channel += 256) {
    let last = 255;
    while (last > 0 && counts[channel + last] === 0) last--;
    const step = Math.floor((canvas.width * canvas.height - counts[channel + last]!) / 255);
    let below = Math.floor(step / 2);
    for (let level = 0; level < 256; level++) {
      tables[channel + level] = step === 0 ? level : Math.min(255, Math.floor(below / step));
      below += counts[channel + level]!;
    }
  }
  canvas.mapLevels(tables);
}
