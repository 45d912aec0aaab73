import { whyNoFileAt, whyNoFolderAt } from "@tssl/core/internal";

import { placeNotWritable } from "./messages/usage.ts";

// Asked before the work that a file is to hold, which may take hours.

/** @param what the option that names the file: "--out". @throws {UsageError} where it cannot be written. */
export function requireOutputFile(what: string, file: string): void {
  const reason = whyNoFileAt(file);
  if (reason !== undefined) throw placeNotWritable(what, file, reason);
}

/** The same of a folder, which need not be there yet. */
export function requireOutputFolder(what: string, folder: string): void {
  const reason = whyNoFolderAt(folder);
  if (reason !== undefined) throw placeNotWritable(what, folder, reason);
}
