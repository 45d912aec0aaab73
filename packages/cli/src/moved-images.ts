import { existsSync } from "node:fs";

import { isAddress } from "@tssl/augment-zoo";

import * as messages from "./messages.ts";

/**
 * Refuses the images of an earlier run that are no longer where they were.
 *
 * @param images those of the run; null where others are used.
 * @param remedy says for "data.train" or "data.test" how the folder is named.
 * @throws {TsslError} INVALID_DATA
 */
export function refuseMovedImages(
  { train, test }: Readonly<Record<"train" | "test", string | null>>,
  remedy: (option: string) => string,
): void {
  for (const [option, place] of Object.entries({ "data.train": train, "data.test": test })) {
    if (typeof place !== "string" || isAddress(place) || /[{[*]/.test(place) || existsSync(place)) continue;
    throw messages.imagesMoved(option, place, remedy(option));
  }
}
