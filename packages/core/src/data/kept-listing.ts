import { keepWithBytes, keptWithBytes } from "../files/kept-in-cache.ts";
import { exactly, listOf, object, type Shape, text, whole } from "../files/shapes.ts";
import { leftOutShape } from "./data-ledger.ts";
import type { OneFolder } from "./one-folder.ts";

/** A folder of a set, as it was listed. */
export interface ListedFolder extends OneFolder {
  /** Its path within the root; "" for the root. */
  readonly name: string;
  /**
   * When a file in it was last added, removed or renamed; absent where that was so short before it was listed
   * that a later change may have the same time, or where a file may change without it.
   */
  readonly changed?: string;
}

/** Raised when listings of an earlier version would mislead. */
const FORMAT = 2;

/** Where listings are kept in the user's cache. */
const KIND = "folders";

/** What stands before the names: every folder, with the number of its images. */
interface Header {
  readonly format: typeof FORMAT;
  readonly folders: readonly (Omit<ListedFolder, "images"> & { readonly images: number })[];
}

const headerShape: Shape<Header> = object({
  format: exactly(FORMAT),
  folders: listOf(
    object(
      {
        name: text,
        folders: listOf(text),
        links: listOf(text),
        images: whole(),
        leftOut: listOf(leftOutShape),
      },
      { changed: text },
    ),
  ),
});

/** Between names; no name holds it. */
const END = "\0";

/** The folders of a root as they were last listed; undefined where nothing is kept. */
export async function keptListing(root: string): Promise<readonly ListedFolder[] | undefined> {
  const kept = await keptWithBytes(KIND, root, headerShape);
  if (kept === undefined) return undefined;
  const names = kept.bytes.toString("utf8").split(END);
  const images = kept.content.folders.reduce((sum, folder) => sum + folder.images, 0);
  if (names.length !== Math.max(1, images)) return undefined; // of no images, one empty text is left
  let next = 0;
  return kept.content.folders.map((folder) => ({
    ...folder,
    images: names.slice(next, (next += folder.images)),
  }));
}

/** Keeps a listing. Names stand in one text: a million of them are read in a tenth of a second. */
export const keepListing = (root: string, folders: readonly ListedFolder[]): Promise<void> =>
  keepWithBytes<Header>(
    KIND,
    root,
    { format: FORMAT, folders: folders.map((folder) => ({ ...folder, images: folder.images.length })) },
    Buffer.from(folders.flatMap(({ images }) => images).join(END)),
  );
