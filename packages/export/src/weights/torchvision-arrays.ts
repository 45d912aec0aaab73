import { type MadeEncoder, toTorch, type TorchArray, type WritableArray } from "@tssl/core/internal";

import { float16Of, isHalved } from "../float16.ts";

/** An encoder's parameters and running statistics by torchvision's names, in PyTorch's order of axes. */
export const torchvisionArrays = ({ store, prefix }: MadeEncoder): Readonly<Record<string, TorchArray>> =>
  Object.fromEntries(
    store.entries().flatMap(({ name, variable }) => {
      if (!name.startsWith(prefix)) return [];
      const own = name.slice(prefix.length);
      const data = variable.dataSync().slice() as Float32Array;
      return [[own, toTorch(own, { shape: variable.shape, data })] as const];
    }),
  );

/**
 * The same with the number of batches that each batch norm has seen, which PyTorch's state dicts have as
 * well.
 *
 * @param steps that the encoder was trained for.
 */
export const stateDict = (
  arrays: Readonly<Record<string, TorchArray>>,
  steps: number,
): Readonly<Record<string, WritableArray>> => ({
  ...arrays,
  ...Object.fromEntries(
    Object.keys(arrays).flatMap((name) =>
      name.endsWith("running_var")
        ? [[name.replace("running_var", "num_batches_tracked"), scalar(steps)] as const]
        : [],
    ),
  ),
});

/** The same with matrices and filters as float16, which PyTorch makes float32 where its layers are. */
export const inFloat16 = (
  arrays: Readonly<Record<string, WritableArray>>,
): Readonly<Record<string, WritableArray>> =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, { shape, data }]) => {
      const halved = data instanceof Float32Array && isHalved(shape);
      return [name, { shape, data: halved ? float16Of(data) : data }] as const;
    }),
  );

const scalar = (value: number): WritableArray => ({ shape: [], data: BigInt64Array.of(BigInt(value)) });
