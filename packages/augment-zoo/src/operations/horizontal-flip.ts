import type { Canvas } from "../canvas.ts";

/** Left to right. As `Image.transpose(FLIP_LEFT_RIGHT)`. */
export function horizontalFlip(canvas: Canvas): void {
  const { width, height } = canvas;
  canvas.kernels.flip(canvas.pixels(), canvas.spare(), width, height);
  canvas.turn(width, height);
}
