import { evaluationOptions } from "@tssl/core/internal";
import { evaluationImages, type ImageSet, type RunSettings } from "@tssl/core/run";
import type { ProofImages } from "@tssl/export";

/** Images that an artefact is proven by. */
const COUNT = 32;

/**
 * Reads some images as the run's evaluation sees them, spread over all of the set.
 *
 * @throws {TsslError} INVALID_DATA where they cannot be read.
 */
export async function readProofImages(
  settings: RunSettings,
  { files }: Pick<ImageSet, "files">,
): Promise<ProofImages> {
  const count = Math.min(COUNT, files.length);
  const chosen = Array.from({ length: count }, (_, i) => files[Math.floor((i * files.length) / count)]!);
  const images = evaluationImages({ files: chosen }, { ...evaluationOptions(settings), batchSize: count });
  for await (const { bytes } of images.batches()) {
    return { values: bytes.slice(), count, shape: images.shape };
  }
  throw new Error("a set of images has at least one");
}
