import { withoutSecrets } from "@tssl/augment-zoo";
import { evaluationOptions, inShell, spread } from "@tssl/core/internal";
import {
  decodingOf,
  engineOptions,
  evaluationImages,
  extractFeatures,
  loadEncoder,
  programOptions,
  readImages,
} from "@tssl/core/run";
import { startEngine } from "@tssl/engine";
import { type EncoderPage, encoderPage } from "@tssl/report";

import { refuseMovedImages } from "./moved-images.ts";
import type { RunEncoder } from "./open-run-encoder.ts";
import { tell } from "./terminal.ts";
import { requireKnownServers } from "./trust.ts";

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
  { registry, settings, trust }: RunEncoder,
  { checkpoint, images: source, title, summary }: GalleryOptions,
): Promise<EncoderPage> {
  if (source === undefined) {
    await requireKnownServers([settings.data.train], trust);
    refuseMovedImages([{ option: "data.train", source: settings.data.train }], () => "--images <folder>");
  }
  const set = await readImages(source ?? settings.data.train, tell);
  const chosen = spread(set.files.length, IMAGES);
  const engine = await startEngine(engineOptions(settings.engine));
  const { mode, precision } = programOptions(settings.engine, engine);
  const encoder = await loadEncoder(runFolder, registry, { mode: mode.mode, precision, checkpoint });
  try {
    const files = chosen.map((place) => set.files[place]!);
    const images = evaluationImages({ files }, { ...evaluationOptions(settings), cacheMegabytes: 0 });
    const features = await extractFeatures(encoder.features, images);
    return await encoderPage({
      title,
      summary: [summary],
      imageSize: settings.imageSize,
      set,
      images: [...features.images].map((row) => chosen[row]!),
      features,
      decoding: decodingOf(settings.data),
      seed: settings.seed,
      command: [
        `tssl export ${inShell(runFolder)} --checkpoint ${checkpoint}`,
        ...(source === undefined ? [] : [`--images ${inShell(withoutSecrets(source))}`]),
        "--to page --out encoder",
      ].join(" "),
    });
  } finally {
    await encoder.dispose();
  }
}
