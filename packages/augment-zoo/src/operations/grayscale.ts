import type { Canvas } from "../canvas.ts";

/** Three equal channels of brightness. As torchvision's `Grayscale(3)`: `Image.convert("L")`, repeated. */
export function grayscale(canvas: Canvas): void {
  canvas.kernels.grayscale(canvas.pixels(), canvas.width * canvas.height);
}
