import type { Canvas } from "../canvas.ts";
import { SLACK } from "../kernels.ts";

/** A blur by a sampled Gaussian, as opposed to Pillow's three boxes. */
export interface GaussianKernel {
  /** Standard deviation in pixels, above 0. */
  readonly sigma: number;
  /** Pixels of the kernel along each side, an odd number. */
  readonly kernelSize: number;
  /** What lies beyond the border: the image mirrored about its outermost pixels, or black. */
  readonly border: "mirror" | "black";
}

/**
 * Convolves with exp(-x^2 / (2 sigma^2)) at whole x, `kernelSize` numbers scaled to sum 1, along both axes.
 *
 * With border "mirror" it is torchvision's `GaussianBlur(kernel_size, sigma)`. With "black" and the next odd
 * number above a tenth of the side it is SimCLR's `gaussian_blur` (arXiv:2002.05709; google-research/simclr,
 * data_util.py), whose convolution pads with zeros. Both agree within one level: sums in float32 depend on
 * their order.
 */
export function gaussianKernelBlur(canvas: Canvas, { sigma, kernelSize, border }: GaussianKernel): void {
  const { width, height, kernels } = canvas;
  const radius = (kernelSize - 1) / 2;
  const bell = Float64Array.from({ length: radius + 1 }, (_, x) => Math.exp(-(x * x) / (2 * sigma * sigma)));
  const total = bell.reduce((sum, weight, x) => sum + (x === 0 ? weight : 2 * weight), 0);

  const pixels = canvas.pixels();
  const weights = canvas.workspace(
    4 * (radius + 1) + SLACK + 4 * kernelSize + 15 * width + 24 * radius + 4 * SLACK,
  );
  new Float32Array(canvas.memory().buffer, weights, radius + 1).set(bell.map((weight) => weight / total));
  const work = weights + Math.ceil((4 * (radius + 1)) / SLACK) * SLACK;
  kernels.convolve(pixels, canvas.spare(), width, height, radius, weights, border === "mirror", work);
  canvas.turn(width, height);
}
