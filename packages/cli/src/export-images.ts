import type { RunSettings } from "@tssl/core/run";

import { refuseMovedImages } from "./moved-images.ts";
import { requireKnownServers, type Trust } from "./trust.ts";

/**
 * Where an export takes images from: from what `--images` names, or from the run's own training images, whose
 * server must be known to the user.
 *
 * @throws {TsslError} UNTRUSTED, or INVALID_DATA where the run's images are not there any more.
 */
export async function exportImages(
  { data: { train } }: RunSettings,
  source: string | undefined,
  trust: Trust,
): Promise<string> {
  if (source !== undefined) return source;
  await requireKnownServers([train], trust);
  refuseMovedImages([{ option: "data.train", source: train }], () => "--images <folder>");
  return train;
}
