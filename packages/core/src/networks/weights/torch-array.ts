/**
 * PyTorch keeps a convolution's filter as `[out, in, height, width]` and a dense layer's as `[out, in]`; here
 * they are `[height, width, in, out]` and `[in, out]`. All other parameters have one order.
 */
const TORCH_AXES: Readonly<Record<number, readonly number[]>> = { 2: [1, 0], 4: [3, 2, 0, 1] };
const OWN_AXES: Readonly<Record<number, readonly number[]>> = { 2: [1, 0], 4: [2, 3, 1, 0] };

/** A parameter in PyTorch's order of axes. */
export interface TorchArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Only what is named as PyTorch names its layers' weights is taken for one. */
const isLayerWeight = (name: string): boolean => /(^|\.)weight$/.test(name);

/** A parameter of ours in PyTorch's order. */
export const toTorch = (name: string, array: TorchArray): TorchArray =>
  isLayerWeight(name) ? permuted(array, TORCH_AXES[array.shape.length]) : array;

/** The shape that PyTorch has for a parameter of ours. */
export function torchShape(name: string, shape: readonly number[]): readonly number[] {
  const axes = isLayerWeight(name) ? TORCH_AXES[shape.length] : undefined;
  return axes === undefined ? shape : axes.map((axis) => shape[axis]!);
}

/** A parameter of PyTorch's in our order. */
export const fromTorch = (name: string, array: TorchArray): TorchArray =>
  isLayerWeight(name) ? permuted(array, OWN_AXES[array.shape.length]) : array;

/**
 * Moves axes: axis i of the result is axis `axes[i]` of the array.
 *
 * @example
 * ```ts
 * permuted({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }, [1, 0]).shape; // => [3, 2]
 * ```
 */
export function permuted(array: TorchArray, axes: readonly number[] | undefined): TorchArray {
  if (axes === undefined) return array;
  const { shape, data } = array;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  const result = new Float32Array(data.length);
  let at = 0;
  const copy = (depth: number, from: number): void => {
    if (depth === axes.length) {
      result[at++] = data[from]!;
      return;
    }
    const axis = axes[depth]!;
    for (let i = 0; i < shape[axis]!; i++) copy(depth + 1, from + i * strides[axis]!);
  };
  copy(0, 0);
  return { shape: axes.map((axis) => shape[axis]!), data: result };
}
