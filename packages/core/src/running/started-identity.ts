import type { RunConfig } from "../config/parse-config.ts";
import type { RunData } from "../evaluation/open-data.ts";
import { type RunFolder, writeImages } from "../run/run-folder.ts";
import { fingerprintsOf, type ImageFingerprints, type RunSetting, settingOf } from "../run/run-identity.ts";

/** A run's identity, of which what the images are may not be known yet. */
export interface StartedIdentity extends RunSetting {
  readonly images: Promise<ImageFingerprints>;
  /** What the images are, where that is known. */
  readonly known: () => { readonly images?: ImageFingerprints };
}

export function identify(config: RunConfig, data: RunData, signal: AbortSignal): StartedIdentity {
  let found: ImageFingerprints | undefined;
  const images = fingerprintsOf(data, signal).then((fingerprints) => (found = fingerprints));
  images.catch(() => undefined); // reported where it is waited for
  return { ...settingOf(config), images, known: () => (found === undefined ? {} : { images: found }) };
}

/**
 * Writes images.json while the run trains already. Without it a change of images is still told by digests.
 */
export const writeImagesOnceKnown = (folder: RunFolder, { images }: StartedIdentity): Promise<void> =>
  images.then((found) => writeImages(folder.path, found)).catch(() => undefined);
