/** An array of a GraphModel. */
export interface StoredWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
  /** Float16 where `dtype` is float32 and this says so. */
  readonly bytes: Uint8Array;
  readonly storedAs?: "float16";
}

export const ints = (name: string, shape: readonly number[], values: readonly number[]): StoredWeight => ({
  ...{ name, shape },
  dtype: "int32",
  bytes: new Uint8Array(Int32Array.from(values).buffer),
});

export const float = (name: string, value: number): StoredWeight => ({
  ...{ name, shape: [] },
  dtype: "float32",
  bytes: new Uint8Array(Float32Array.of(value).buffer),
});
