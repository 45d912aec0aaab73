import type { Canvas } from "../canvas.ts";

/**
 * Stretches each channel so that its darkest level becomes 0 and its brightest 255. As
 * `ImageOps.autocontrast` with no cutoff. A channel of one level stays as it is.
 */
export function autoContrast(canvas: Canvas): void {
  const counts = canvas.histogram();
  const tables = new Uint8Array(768);
  for (let channel = 0; channel < 768; channel += 256) {
    let low = 0;
    let high = 255;
    while (low < 255 && counts[channel + low] === 0) low++;
    while (high > 0 && counts[channel + high] === 0) high--;
    const flat = high <= low;
    const scale = 255 / (high - low);
    const offset = -low * scale;
    for (let level = 0; level < 256; level++) {
      const stretched = flat ? level : Math.trunc(level * scale + offset);
      tables[channel + level] = Math.min(255, Math.max(0, stretched));
    }
  }
  canvas.mapLevels(tables);
}
