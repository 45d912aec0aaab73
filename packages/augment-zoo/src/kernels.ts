import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { kernelsMissing } from "./messages/threads.ts";

/** Bytes after the end of every buffer that kernels may read and write. */
export const SLACK = 64;

type Kernel<Arguments extends readonly unknown[]> = (...args: Arguments) => void;

/**
 * The exports of kernels/. Addresses are in bytes of `memory`, `count` is in pixels; a kernel with one
 * address works in place. The sources describe each kernel.
 */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  readonly firstFree: () => number;
  readonly lookUp: Kernel<[at: number, count: number, tables: number]>;
  readonly histogram: Kernel<[at: number, count: number, counts: number]>;
  readonly grayscale: Kernel<[at: number, count: number]>;
  readonly lumaSum: (at: number, count: number) => number;
  readonly saturation: Kernel<[at: number, count: number, factor: number]>;
  readonly hue: Kernel<[at: number, count: number, shift: number]>;
  readonly sharpness: Kernel<[...Pass, factor: number]>;
  readonly blurRows: Kernel<[...Pass, ...BoxWeights, rows: number]>;
  readonly blurColumns: Kernel<[...Pass, ...BoxWeights]>;
  readonly affine: Kernel<
    [...Pass, a: number, b: number, startX: number, d: number, e: number, startY: number]
  >;
  readonly affineSmooth: Kernel<
    [...Pass, a: number, b: number, c: number, d: number, e: number, f: number, cubic: boolean, fill: number]
  >;
  readonly gather: Kernel<[...Pass, columns: number, rows: number]>;
  readonly convolve: Kernel<[...Pass, radius: number, weights: number, mirrored: boolean, work: number]>;
  readonly flip: Kernel<Pass>;
  readonly normalize: Kernel<[at: number, count: number, to: number, tables: number]>;
  readonly scaleRows: Kernel<[from: number, stride: number, rows: number, to: number, ...Taps]>;
  readonly scaleColumns: Kernel<
    [from: number, stride: number, bytes: number, rows: number, to: number, ...Taps]
  >;
}

type Pass = [from: number, to: number, width: number, height: number];
type BoxWeights = [reach: number, full: number, edge: number];
type Taps = [size: number, taps: number, pairs: number];

const file = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../dist/kernels.wasm" : "./kernels.wasm", import.meta.url),
);
let compiled: WebAssembly.Module | undefined;

/** Kernels with their own memory. */
export function openKernels(): Kernels {
  if (!existsSync(file)) throw kernelsMissing(file);
  compiled ??= new WebAssembly.Module(readFileSync(file));
  return new WebAssembly.Instance(compiled).exports as unknown as Kernels;
}
