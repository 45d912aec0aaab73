import type { Fingerprint } from "../data/fingerprint.ts";
import { findOverlap } from "../data/overlap.ts";
import { testImagesAmong } from "../messages/notices.ts";
import type { KnnData } from "./evaluate-knn.ts";
import type { RunData } from "./open-data.ts";

/** Fingerprints of a run's images: those of `train` and `labelled` where these are two sets. */
export interface DataFingerprints {
  readonly train?: Fingerprint;
  readonly test?: Fingerprint;
  readonly labelled?: Fingerprint;
}

/**
 * Says which test images are among the images to search or to train on, a sentence for each set that has any:
 * what is measured with them says too much.
 *
 * @param measure what is measured, for the sentence.
 */
export async function overlapNotes(
  { train, knnData }: Pick<RunData, "train"> & { readonly knnData?: Pick<KnnData, "train" | "test"> },
  fingerprints: DataFingerprints,
  measure = "kNN",
): Promise<readonly string[]> {
  if (knnData === undefined) return [];
  const apart = knnData.train !== train;
  const sets = [
    { images: train, fingerprint: fingerprints.train, as: apart ? "seen" : "training" } as const,
    ...(apart
      ? [{ images: knnData.train, fingerprint: fingerprints.labelled, as: "labelled" } as const]
      : []),
  ];
  const notes: string[] = [];
  for (const { images, fingerprint, as } of sets) {
    if (fingerprint === undefined || fingerprints.test === undefined) continue;
    const test = { images: knnData.test, fingerprint: fingerprints.test };
    const { example, ...overlap } = await findOverlap(test, { images, fingerprint });
    if (example === undefined) continue;
    notes.push(testImagesAmong(as, knnData.test.files.length, { ...overlap, example }, measure));
  }
  return notes;
}
