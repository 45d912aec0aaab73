import { featuresNotFinite } from "../messages/not-finite.ts";
import { rowsOf } from "../state/rows-of.ts";
import { type FeatureExtractor, FEATURES, type LayersExtractor } from "./compile-features.ts";
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
  const layers = [{ name: FEATURES, dim }];
  const [features] = await extractLayers(
    { layers, extract: async (batch) => [await extract(batch)] },
    images,
  );
  return features!;
}

/** The same of several layers, in one pass over the images. */
async function extractLayers(
  { layers, extract }: Pick<LayersExtractor, "layers" | "extract">,
  images: EvaluationImages,
): Promise<readonly ImageFeatures[]> {
  const { count, shape } = images;
  const all = layers.map(({ dim }) => ({ dim, values: new Float32Array(count * dim) }));
  for await (const batch of images.batches()) {
    const rows = await extract({ values: batch.bytes, shape: [batch.count, ...shape] });
    for (const [i, { dim, values }] of all.entries()) values.set(rows[i]!, batch.start * dim);
  }
  const corrupt = new Set(images.corrupt.map(({ index }) => index));
  const decoded = Int32Array.from({ length: count }, (_, i) => i).filter((i) => !corrupt.has(i));
  return all.map(({ dim, values }) => ({
    ...{ count: decoded.length, dim, images: decoded },
    values: decoded.length === count ? values : rowsOf(values, dim, decoded),
  }));
}

/** Gives the features of images by the place of their layer. */
export type FeaturesByLayer = (layer: number) => Promise<ImageFeatures>;

/** Bytes of features that are kept at most, but for those of one layer. */
const MOST_KEPT = 2 ** 31;

/**
 * Features of images by layer, which are asked for one layer after another. One pass over the images computes
 * those of as many layers as fit in memory together; they are kept until a layer is asked for that is not
 * among them.
 *
 * @param set what the images are, for messages.
 * @param mostKept bytes; those of one layer are kept in any case.
 */
export function featuresByLayer(
  extractor: LayersExtractor,
  images: EvaluationImages,
  set: "labelled" | "test",
  mostKept = MOST_KEPT,
): FeaturesByLayer {
  let kept: { readonly first: number; readonly features: readonly ImageFeatures[] } | undefined;
  return async (layer) => {
    const known = kept?.features[layer - kept.first];
    if (known !== undefined) return known;
    kept = undefined; // frees their memory before that of others is taken
    let [count, bytes] = [0, 0];
    for (const { dim } of extractor.layers.slice(layer)) {
      bytes += Float32Array.BYTES_PER_ELEMENT * images.count * dim;
      if (count > 0 && bytes > mostKept) break;
      count++;
    }
    const features = await extractLayers(extractor.part(layer, count), images);
    for (const each of features) requireFinite(set, each);
    kept = { first: layer, features };
    return features[0]!;
  };
}

/** @throws {TsslError} NOT_FINITE where features are NaN or infinite. */
export function requireFinite(set: "labelled" | "test", { values, count, dim }: Features): void {
  let broken = 0;
  for (let row = 0; row < count; row++) {
    if (!values.subarray(row * dim, (row + 1) * dim).every(Number.isFinite)) broken++;
  }
  if (broken > 0) throw featuresNotFinite(set, broken, count);
}
