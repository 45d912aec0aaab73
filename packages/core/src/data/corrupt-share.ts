import { ImageError } from "@tssl/augment-zoo";

import { tooManyUnreadable } from "../messages/images.ts";

/**
 * An error of a loader; where too many files cannot be decoded, one that names the option of a run's config.
 */
export const namingCorruptShare = (error: unknown): unknown =>
  error instanceof ImageError && error.data["problem"] === "too many corrupt files"
    ? tooManyUnreadable(error)
    : error;
