import { ImageError, type ImageFile, imageFileName } from "@tssl/augment-zoo";

import { messageOf, type TsslError } from "../errors.ts";
import { imageUnreadable } from "../messages/images.ts";

/** "shards/s-0.tar:cat/1.jpg cannot be read: …" */
export function unreadableImage(file: ImageFile, cause: unknown): TsslError {
  const reason = cause instanceof ImageError ? cause.found : messageOf(cause);
  return imageUnreadable(imageFileName(file), reason, cause);
}
