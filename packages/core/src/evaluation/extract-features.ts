import type { FeatureExtractor } from "./compile-features.ts";
import type { EvaluationImages } from "./images.ts";

/** Feature vectors of a data set, row after row. */
export interface Features {
  readonly count: number;
  readonly dim: number;
  /** `[count, dim]` float32; rows of length 1 for kNN, as the encoder has them for a linear probe. */
  readonly values: Float32Array;
}

/** The features of every image, in order. */
export async function extractFeatures(
  { dim, extract }: FeatureExtractor,
  images: EvaluationImages,
): Promise<Features> {
  const { count, size } = images;
  const values = new Float32Array(count * dim);
  for await (const batch of images.batches()) {
    const rows = await extract({ values: batch.bytes, shape: [batch.count, size, size, 3] });
    values.set(rows, batch.start * dim);
  }
  return { count, dim, values };
}
