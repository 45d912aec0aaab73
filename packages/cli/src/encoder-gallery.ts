import { compileBorrowed, evaluationOptions, type MadeEncoder, spread } from "@tssl/core/internal";
import { decodingOf, evaluationImages, extractFeatures, type ImageSet } from "@tssl/core/run";
import { pageImageSize } from "@tssl/export";
import { type EncoderPage, encoderPage } from "@tssl/report";

import type { CompileOptions } from "./start-engine-for.ts";

/** Images of the run that the page of its encoder compares others with. */
const IMAGES = 400;

export interface GalleryOptions {
  /** Images to choose from. */
  readonly set: ImageSet;
  readonly compile: CompileOptions;
  readonly title: string;
  /** What the encoder is, in a sentence. */
  readonly summary: string;
  /** The command that makes the page. */
  readonly command: string;
}

/**
 * The page of a run's encoder, with images of a set, evenly spaced, and their features.
 *
 * @param made stays the caller's.
 * @throws {TsslError} INVALID_DATA where the images cannot be read.
 */
export async function encoderGallery(
  made: MadeEncoder,
  { set, compile, title, summary, command }: GalleryOptions,
): Promise<EncoderPage> {
  const { settings } = made;
  const imageSize = pageImageSize(settings);
  const chosen = spread(set.files.length, IMAGES);
  const files = chosen.map((place) => set.files[place]!);
  const images = evaluationImages({ files }, { ...evaluationOptions(settings), cacheMegabytes: 0 });
  const encoder = compileBorrowed(made, compile);
  try {
    const features = await extractFeatures(encoder.features, images);
    return await encoderPage({
      ...{ title, summary: [summary], imageSize, set, features, command },
      images: [...features.images].map((row) => chosen[row]!),
      decoding: decodingOf(settings.data),
      seed: settings.seed,
    });
  } finally {
    await encoder.close();
  }
}
