import path from "node:path";

import { noImageFolder, noImages } from "../messages/images.ts";
import { listFolder } from "./folder-listing.ts";
import { classesByFolder, IMAGE_EXTENSIONS, type ImageSet } from "./image-set.ts";

/**
 * Finds the images under a folder, at any depth; see IMAGE_EXTENSIONS. Links are followed; hidden files and
 * what systems leave behind are left out, see `listFolder`.
 *
 * If every image lies in a subfolder, and there are two or more of these, the subfolders of the root are
 * classes. Nothing is decoded here. A large folder is listed once.
 *
 * @throws {TsslError} INVALID_DATA if the folder is missing, unreadable or without images.
 */
export async function readImageFolder(root: string): Promise<ImageSet> {
  const absolute = path.resolve(root);
  const { names, ledger } = await listFolder(absolute).catch((error: unknown) => {
    throw noImageFolder(root, error);
  });
  if (names.length === 0) throw noImages(root, IMAGE_EXTENSIONS, ledger);
  const folder = absolute.endsWith(path.sep) ? absolute : `${absolute}${path.sep}`;
  return {
    root: absolute,
    files: names.map((name) => folder + (path.sep === "/" ? name : name.replaceAll("/", path.sep))),
    names,
    ledger,
    ...classesByFolder(names),
  };
}
