// The loops that take the time, in AssemblyScript: WebAssembly with 128-bit SIMD. Every kernel works on
// interleaved 8-bit RGB at addresses that src/canvas.ts hands out; each buffer ends in SLACK bytes that a
// kernel may read and write past its end.
export { lookUp, histogram } from "./levels";
export { grayscale, lumaSum, saturation } from "./luma";
export { hue } from "./hue";
export { sharpness } from "./sharpness";
export { blurRows, blurColumns } from "./box-blur";
export { affine, gather } from "./affine";
export { affineSmooth } from "./affine-smooth";
export { convolve } from "./convolve";
export { flip } from "./flip";
export { normalize } from "./normalize";
export { scaleColumns, scaleRows } from "./resample";

/** The first address that is free. */
export function firstFree(): usize {
  return __heap_base;
}
