import type { Canvas } from "../canvas.ts";
import type { Box } from "../image.ts";

/** Cuts out a rectangle; black where it reaches beyond the image. As `Image.crop`. */
export function crop(canvas: Canvas, box: Box): void {
  const { width, height } = canvas;
  const from = canvas.pixels();
  const to = canvas.spare();
  const memory = canvas.memory();
  const left = Math.max(0, box.left);
  const right = Math.min(width, box.left + box.width);
  memory.fill(0, to, to + box.width * box.height * 3);
  for (let y = Math.max(0, -box.top); y < box.height && box.top + y < height && left < right; y++) {
    const row = from + (box.top + y) * width * 3;
    memory.copyWithin(to + (y * box.width + left - box.left) * 3, row + left * 3, row + right * 3);
  }
  canvas.turn(box.width, box.height);
}
