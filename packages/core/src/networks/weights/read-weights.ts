import { createHash } from "node:crypto";
import path from "node:path";

import { TsslError } from "../../errors.ts";
import { readRegularFile } from "../../files/regular-file.ts";
import { type StoredArray, type StoredType, storedArrays } from "../../files/safetensors.ts";
import { weightsAreCode, weightsInvalid, weightsUnreadable } from "../../messages/weights.ts";
import { fromBfloat16, fromFloat16 } from "./half-floats.ts";
import { onnxArrays } from "./onnx-arrays.ts";
import type { TorchArray } from "./torch-array.ts";

/** The arrays of a file of weights that hold floating-point numbers, by their names in it. */
export interface Weights {
  /** As the user named it. */
  readonly file: string;
  readonly arrays: ReadonlyMap<string, TorchArray>;
  /** Names of all arrays, in the file's order. */
  readonly names: readonly string[];
  /** Texts that the file carries, such as what an export of tssl says of its encoder. */
  readonly metadata: Readonly<Record<string, string>>;
  /** SHA-256 of the file. */
  readonly sha256: string;
}

/** Bytes of the largest file that is read. */
const LARGEST_FILE = 2 ** 31;

/**
 * Reads the weights of a safetensors file or of an ONNX model (`.onnx`), in PyTorch's order of axes; float16,
 * bfloat16 and float64 become float32.
 *
 * @throws {TsslError} WEIGHTS, where it is none, is cut short, or is a pickle, which would run code.
 */
export async function readWeights(file: string): Promise<Weights> {
  const bytes = await readRegularFile(file, LARGEST_FILE).catch((error: unknown) => {
    throw weightsUnreadable(file, error);
  });
  if (isPickle(file, bytes)) throw weightsAreCode(file);
  try {
    const { arrays: stored, metadata } = isOnnx(file) ? onnxArrays(bytes, file) : storedArrays(bytes);
    const arrays = stored.flatMap((array) => {
      const data = floatsOf(array);
      return data === undefined ? [] : [[array.name, { shape: array.shape, data }] as const];
    });
    return {
      file,
      arrays: new Map(arrays),
      names: stored.map(({ name }) => name),
      metadata,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    };
  } catch (error) {
    if (error instanceof TsslError) throw error;
    throw weightsInvalid(file, isOnnx(file) ? "ONNX model" : "safetensors file", error);
  }
}

/** Whether a file of weights is an ONNX model, by its name. */
export const isOnnx = (file: string): boolean => path.extname(file).toLowerCase() === ".onnx";

/** PyTorch writes pickles in a zip archive, and wrote bare ones before. */
function isPickle(file: string, bytes: Buffer): boolean {
  if ([".pth", ".pt", ".ckpt", ".bin", ".pkl", ".tar"].includes(path.extname(file).toLowerCase()))
    return true;
  return bytes.subarray(0, 4).toString("latin1") === "PK\x03\x04";
}

const READERS: Partial<Record<StoredType, (bytes: ArrayBuffer) => Float32Array>> = {
  F32: (bytes) => new Float32Array(bytes),
  F64: (bytes) => Float32Array.from(new Float64Array(bytes)),
  F16: (bytes) => fromFloat16(new Uint16Array(bytes)),
  BF16: (bytes) => fromBfloat16(new Uint16Array(bytes)),
};

const floatsOf = ({ type, bytes }: StoredArray): Float32Array | undefined =>
  READERS[type]?.(new Uint8Array(bytes).buffer);
