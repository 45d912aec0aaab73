import type { Canvas } from "../canvas.ts";
import type { Box } from "../image.ts";

/**
 * Paints a rectangle in one colour, as far as it is in the image. As `ImageDraw.rectangle` without outline.
 */
export function cutout(
  canvas: Canvas,
  { left, top, width, height, colour }: Box & { readonly colour: readonly [number, number, number] },
): void {
  const pixels = canvas.pixels();
  const memory = canvas.memory();
  const [right, bottom] = [Math.min(canvas.width, left + width), Math.min(canvas.height, top + height)];
  for (let y = Math.max(0, top); y < bottom; y++) {
    const row = pixels + y * canvas.width * 3;
    for (let x = Math.max(0, left); x < right; x++) memory.set(colour, row + x * 3);
  }
}
