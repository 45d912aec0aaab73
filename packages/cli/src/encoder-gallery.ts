import { evaluationOptions, spread } from "@tssl/core/internal";
import { decodingOf, evaluationImages, extractFeatures, readImages } from "@tssl/core/run";
import { pageImageSize } from "@tssl/export";
import { type EncoderPage, encoderPage } from "@tssl/report";

import { commandText } from "./command-text.ts";
import { exportImages } from "./export-images.ts";
import { loadRunEncoder } from "./load-run-encoder.ts";
import type { RunEncoder } from "./open-run-encoder.ts";
import { tell } from "./terminal.ts";

/** Images of the run that the page of its encoder compares others with. */
const IMAGES = 400;

export interface GalleryOptions {
  readonly checkpoint: string;
  /** Other images than those that the run was trained on. */
  readonly images: string | undefined;
  readonly title: string;
  /** What the encoder is, in a sentence. */
  readonly summary: string;
}

/**
 * The page of a run's encoder, with images of its training set, evenly spaced, and their features.
 *
 * @throws {TsslError} INVALID_DATA where there are no images, or they cannot be read.
 */
export async function encoderGallery(
  runFolder: string,
  run: RunEncoder,
  { checkpoint, images: source, title, summary }: GalleryOptions,
): Promise<EncoderPage> {
  const { settings, trust } = run;
  const imageSize = pageImageSize(settings);
  const set = await readImages(await exportImages(settings, source, trust), tell);
  const chosen = spread(set.files.length, IMAGES);
  const { encoder } = await loadRunEncoder(runFolder, run, checkpoint);
  try {
    const files = chosen.map((place) => set.files[place]!);
    const images = evaluationImages({ files }, { ...evaluationOptions(settings), cacheMegabytes: 0 });
    const features = await extractFeatures(encoder.features, images);
    return await encoderPage({
      title,
      summary: [summary],
      imageSize,
      set,
      images: [...features.images].map((row) => chosen[row]!),
      features,
      decoding: decodingOf(settings.data),
      seed: settings.seed,
      command: commandText(["export", runFolder], { checkpoint, images: source, to: "page", out: "encoder" }),
    });
  } finally {
    await encoder.dispose();
  }
}
