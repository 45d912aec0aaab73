import { existsSync } from "node:fs";

import { schemeOf } from "@tssl/augment-zoo";
import type { NamedSource } from "@tssl/core/internal";

import { imagesMoved } from "./messages/images.ts";

/**
 * Refuses the images of an earlier run that are no longer where they were.
 *
 * @param images what the run's options name.
 * @param remedy says for an option, such as "data.train", how another place is named.
 * @throws {TsslError} INVALID_DATA
 */
export function refuseMovedImages(images: readonly NamedSource[], remedy: (option: string) => string): void {
  for (const { option, source } of images) {
    if (schemeOf(source) !== undefined || /[{[*]/.test(source) || existsSync(source)) continue;
    throw imagesMoved(option, source, remedy(option));
  }
}
