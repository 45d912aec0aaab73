import type { ImageFile } from "@tssl/augment-zoo";

import { contentHash } from "./file-contents.ts";
import { type Fingerprint, markText, UNREADABLE } from "./fingerprint.ts";
import type { ImageSet } from "./image-set.ts";

/** A set of images with its fingerprint. */
export interface FingerprintedSet {
  readonly images: Pick<ImageSet, "names" | "files">;
  readonly fingerprint: Pick<Fingerprint, "bytes">;
}

/** Images of one set that are in another set too. */
export interface Overlap {
  /** Images of the first set that have the same bytes as an image of the second. */
  readonly count: number;
  /** False where there were too many candidates to compare them all: then there may be more. */
  readonly isWhole: boolean;
  /** The first one: its name in the first set and a name in the second; absent where there is none. */
  readonly example?: { readonly name: string; readonly other: string };
}

/** Bytes read at most, and what a file counts for at least, since it must be opened. */
const MOST_BYTES = 2 ** 29;
const LEAST_BYTES = 2 ** 15;

/**
 * Finds the images of one set that are in another too, byte for byte, under whatever name. A picture that was
 * compressed anew is another image.
 *
 * Fingerprints tell which images may be the same; of these the whole content is compared. Reading stops after
 * 512 MiB, so that a start takes seconds however large the sets are.
 *
 * @param options.mostBytes that are read.
 */
export async function findOverlap(
  one: FingerprintedSet,
  other: FingerprintedSet,
  { mostBytes = MOST_BYTES }: { readonly mostBytes?: number } = {},
): Promise<Overlap> {
  const candidates = sameMarks(one, other);
  let example: Overlap["example"];
  let [count, left, isWhole] = [0, mostBytes, true];

  /** Hashes of files that were read; undefined for one that cannot be. */
  const hashes = new Map<string, Promise<string | undefined>>();
  const hashOf = (file: ImageFile): Promise<string | undefined> => {
    const known = hashes.get(placeOf(file)) ?? contentHash(file).catch(() => undefined);
    hashes.set(placeOf(file), known);
    return known;
  };

  for (const { mark, ours, theirs } of candidates) {
    const bytes = Math.max(LEAST_BYTES, sizeOf(mark));
    const places = new Map(theirs.map((index) => [placeOf(other.images.files[index]!), index]));
    let byHash: Map<string, number> | undefined;
    for (const index of ours) {
      const file = one.images.files[index]!;
      let found = places.get(placeOf(file)); // the very same file: nothing to compare
      if (found === undefined) {
        const cost = bytes * (byHash === undefined ? theirs.length + 1 : 1);
        if (cost > left) {
          isWhole = false;
          continue;
        }
        left -= cost;
        byHash ??= await firstByHash(theirs, (their) => hashOf(other.images.files[their]!));
        const hash = await hashOf(file);
        found = hash === undefined ? undefined : byHash.get(hash);
      }
      if (found === undefined) continue;
      count++;
      example ??= { name: one.images.names[index]!, other: other.images.names[found]! };
    }
  }
  return { count, isWhole, ...(example === undefined ? {} : { example }) };
}

/** Images of both sets, by their place, that have one mark. */
interface Candidates {
  readonly mark: string;
  readonly ours: number[];
  readonly theirs: number[];
}

/** In the order of the first set. Only its marks are put into a table: the other set may be very large. */
function sameMarks(one: FingerprintedSet, other: FingerprintedSet): readonly Candidates[] {
  const byMark = new Map<string, Candidates>();
  one.images.names.forEach((_, index) => {
    const mark = markText(one.fingerprint.bytes, index);
    if (mark === UNREADABLE) return;
    const known = byMark.get(mark);
    if (known === undefined) byMark.set(mark, { mark, ours: [index], theirs: [] });
    else known.ours.push(index);
  });
  other.images.names.forEach((_, index) =>
    byMark.get(markText(other.fingerprint.bytes, index))?.theirs.push(index),
  );
  return [...byMark.values()].filter(({ theirs }) => theirs.length > 0);
}

async function firstByHash(
  indices: readonly number[],
  hashOf: (index: number) => Promise<string | undefined>,
): Promise<Map<string, number>> {
  const first = new Map<string, number>();
  for (const index of indices) {
    const hash = await hashOf(index);
    if (hash !== undefined && !first.has(hash)) first.set(hash, index);
  }
  return first;
}

/** The size in bytes that a fingerprint's mark begins with. */
const sizeOf = (mark: string): number => Number.parseInt(mark, 10);

/** Where a file lies: two sets that have it by one place have the same file. */
const placeOf = (file: ImageFile): string =>
  typeof file === "string" ? file : `${file.path}:${file.offset}`;
