import type { ImageError } from "../errors.ts";
import { type ImageFile, imageFileName } from "../image-file.ts";
import { tooManyCorrupt } from "../messages/images.ts";

/** A file that could not be decoded. */
export interface CorruptFile {
  /** Its place in the loader's list of files. */
  readonly index: number;
  readonly file: string;
  readonly found: string;
  /** What it has in common with others: "HEIC image", "cut short". */
  readonly kind: string;
}

/** The files of a loader that could not be decoded, and those that take their place. */
export interface CorruptFiles {
  readonly list: readonly CorruptFile[];
  /**
   * Counts a file. @throws {ImageError} if it is one more than may be corrupt; it is then not counted, so
   * that the loader can still be used.
   */
  add(index: number, error: Pick<ImageError, "found" | "advice" | "kind">): void;
  /** The image itself, or the next in the list that is not known to be corrupt. */
  sourceOf(index: number): number;
}

/** Largest number of corrupt files that an error names; `list` has all of them. */
const NAMED = 5;

/**
 * @param maxCorruptShare share of the files that may be corrupt, 0 .. 1: rounded down, but at least one file
 * unless it is 0. One file is always left.
 */
export function countCorruptFiles(files: readonly ImageFile[], maxCorruptShare: number): CorruptFiles {
  const corrupt = new Map<number, CorruptFile>();
  const share = maxCorruptShare === 0 ? 0 : Math.max(1, Math.floor(maxCorruptShare * files.length));
  const allowed = Math.min(share, files.length - 1);
  return {
    get list() {
      return [...corrupt.values()];
    },
    add(index, { found, advice, kind }) {
      if (corrupt.has(index)) return;
      const file = imageFileName(files[index]!);
      if (corrupt.size === allowed) {
        const others = [...corrupt.values()].map((each) => each.file);
        const error = { file, found, advice, kind };
        throw tooManyCorrupt(error, allowed, others, others.slice(0, NAMED), files.length);
      }
      corrupt.set(index, { index, file, found, kind });
    },
    sourceOf(index) {
      while (corrupt.has(index)) index = (index + 1) % files.length;
      return index;
    },
  };
}
