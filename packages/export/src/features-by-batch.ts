import type { ImageBatch, ProofImages } from "./artefact.ts";
import { joinedFloats } from "./joined-floats.ts";

/** Images in a batch: a runtime needs memory for all of a batch at once. */
const BATCH = 8;

/** Features `[N, D]` of images, some of which go through `features` at once. */
export async function featuresByBatch(
  { values, count, shape }: ProofImages,
  features: (images: ImageBatch) => Promise<Float32Array>,
): Promise<Float32Array> {
  const batches: Float32Array[] = [];
  const bytes = shape.reduce((product, length) => product * length);
  for (let start = 0; start < count; start += BATCH) {
    const end = Math.min(count, start + BATCH);
    const batch = await features({
      values: values.slice(start * bytes, end * bytes),
      shape: [end - start, ...shape],
    });
    batches.push(batch.slice()); // a runtime may write the next ones to the same place
  }
  return joinedFloats(batches);
}
