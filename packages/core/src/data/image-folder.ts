import path from "node:path";

import { noImageFolder, noImages } from "../messages.ts";
import { type FolderListing, listFolder } from "./folder-listing.ts";
import { openLedger } from "./data-ledger.ts";
import { classesByFolder, IMAGE_EXTENSIONS, type ImageSet } from "./image-set.ts";

/**
 * Finds the JPEG, PNG and WebP images under a folder, at any depth.
 *
 * If every image lies in a subfolder, and there are two or more of these, the subfolders of the root are
 * classes. Nothing is decoded here. Hidden files and folders (".…") are skipped. A large folder is listed
 * once, see `listFolder`.
 *
 * @throws {TsslError} INVALID_DATA if the folder is missing, unreadable or without images.
 */
export async function readImageFolder(root: string): Promise<ImageSet> {
  const absolute = path.resolve(root);
  const { names, others } = await list(absolute);
  if (names.length === 0) throw noImages(root, IMAGE_EXTENSIONS, others);
  names.sort(); // by code unit: the same on every machine, whatever its language
  return {
    root: absolute,
    files: names.map((name) => path.join(absolute, name)),
    names,
    ...classesByFolder(names),
    ledger: openLedger().close(names.length),
  };
}

async function list(root: string): Promise<FolderListing> {
  try {
    return await listFolder(root);
  } catch (error) {
    throw noImageFolder(root, error);
  }
}
