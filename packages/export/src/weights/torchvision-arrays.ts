import { type MadeEncoder, toTorch, type TorchArray, type WritableArray } from "@tssl/core/internal";

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

const scalar = (value: number): WritableArray => ({ shape: [], data: BigInt64Array.of(BigInt(value)) });
