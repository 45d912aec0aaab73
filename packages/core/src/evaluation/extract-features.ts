import { featuresNotFinite } from "../messages/not-finite.ts";
import type { FeatureExtractor } from "./compile-features.ts";
import type { EvaluationImages } from "./images.ts";

/** Feature vectors of a data set, row after row. */
export interface Features {
  readonly count: number;
  readonly dim: number;
  /** `[count, dim]` float32; rows of length 1 for kNN, as the encoder has them for a linear probe. */
  readonly values: Float32Array;
}

/** Features of the images that could be decoded. */
export interface ImageFeatures extends Features {
  /** The image of each row, by its place in the set. */
  readonly images: Int32Array;
}

/** The features of every image, in order; those that could not be decoded have none. */
export async function extractFeatures(
  { dim, extract }: FeatureExtractor,
  images: EvaluationImages,
): Promise<ImageFeatures> {
  const { count, shape } = images;
  const values = new Float32Array(count * dim);
  for await (const batch of images.batches()) {
    const rows = await extract({ values: batch.bytes, shape: [batch.count, ...shape] });
    values.set(rows, batch.start * dim);
  }
  const corrupt = new Set(images.corrupt.map(({ index }) => index));
  const decoded = Int32Array.from({ length: count }, (_, i) => i).filter((i) => !corrupt.has(i));
  return { count: decoded.length, dim, values: rowsOf(values, dim, decoded), images: decoded };
}

/** @throws {TsslError} NOT_FINITE where features are NaN or infinite. */
export function requireFinite(set: "labelled" | "test", { values, count, dim }: Features): void {
  let broken = 0;
  for (let row = 0; row < count; row++) {
    if (!values.subarray(row * dim, (row + 1) * dim).every(Number.isFinite)) broken++;
  }
  if (broken > 0) throw featuresNotFinite(set, broken, count);
}

/** The features of chosen images, as one array. */
export function rowsOf(
  values: Float32Array,
  dim: number,
  indices: Int32Array | readonly number[],
): Float32Array {
  const rows = new Float32Array(indices.length * dim);
  indices.forEach((index, row) => rows.set(values.subarray(index * dim, (index + 1) * dim), row * dim));
  return rows;
}
