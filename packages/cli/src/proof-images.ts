import { evaluationOptions, findImages } from "@tssl/core/internal";
import { evaluationImages, type RunSettings } from "@tssl/core/run";
import type { ProofImages } from "@tssl/export";

import { exportImages } from "./export-images.ts";
import type { Trust } from "./trust.ts";

/** Images that an artefact is proven by. */
const COUNT = 32;

/**
 * Reads some images as the run's evaluation sees them, spread over all of the set.
 *
 * @param source other images than those that the run was trained on.
 * @throws {TsslError} INVALID_DATA where there are none, or they cannot be read.
 */
export async function readProofImages(
  settings: RunSettings,
  source: string | undefined,
  trust: Trust,
): Promise<ProofImages> {
  const { files } = await findImages(await exportImages(settings, source, trust), () => {});
  const count = Math.min(COUNT, files.length);
  const chosen = Array.from({ length: count }, (_, i) => files[Math.floor((i * files.length) / count)]!);
  const images = evaluationImages({ files: chosen }, { ...evaluationOptions(settings), batchSize: count });
  for await (const { bytes } of images.batches()) {
    return { values: bytes.slice(), count, shape: images.shape };
  }
  throw new Error("a set of images has at least one");
}
