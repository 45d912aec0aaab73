import { ImageError, type ImageFile, imageFileName } from "@tssl/augment-zoo";

import { messageOf, TsslError } from "../errors.ts";

/** "shards/s-0.tar:cat/1.jpg cannot be read: …" */
export function unreadableImage(file: ImageFile, cause: unknown): TsslError {
  const reason = cause instanceof ImageError ? cause.found : messageOf(cause);
  return new TsslError("INVALID_DATA", `${imageFileName(file)} cannot be read: ${reason}.`, { cause });
}
