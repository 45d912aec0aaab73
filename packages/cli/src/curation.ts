import {
  type DuplicateGroup,
  nearDuplicates,
  nearestOthers,
  type Outlier,
  outliers,
  rowsAt,
  type RowsFile,
} from "@tssl/export";

import { nearDuplicatesFound, OUTLIERS } from "./messages/embeddings.ts";
import { table } from "./table.ts";

/** What a curator looks for first among images; absent where it was not asked for. */
export interface Curation {
  readonly duplicates?: readonly DuplicateGroup[];
  readonly outliers?: readonly Outlier[];
}

export interface CurationFlags {
  /** The smallest cosine of near duplicates. */
  readonly nearDuplicates?: number;
  /** How many outliers are listed. */
  readonly outliers?: number;
}

/** Nearest images that tell of an image: as many are looked at by curators. */
const NEIGHBOURS = 10;

/** Groups that are shown on a terminal. */
const SHOWN_GROUPS = 20;

/**
 * Looks for near duplicates and outliers, where they were asked for and there are two images to compare.
 *
 * @param places of the images among the rows, in order.
 */
export async function curate(
  rows: RowsFile,
  dim: number,
  places: readonly number[],
  { nearDuplicates: cosine, outliers: most }: CurationFlags,
): Promise<Curation> {
  if ((cosine ?? most) === undefined || places.length < 2) return {};
  const nearest = await nearestOthers(await rowsAt(rows, dim, places), dim, NEIGHBOURS);
  return {
    ...(cosine === undefined ? {} : { duplicates: nearDuplicates(nearest, cosine) }),
    ...(most === undefined ? {} : { outliers: outliers(nearest, most) }),
  };
}

/** As JSON. @param names of the images, in the order of their features. */
export const curationJson = ({ duplicates, outliers: far }: Curation, names: readonly string[]) => ({
  ...(duplicates === undefined
    ? {}
    : {
        nearDuplicates: duplicates.map(({ places, cosine }) => ({
          images: places.map((place) => names[place]!),
          cosine,
        })),
      }),
  ...(far === undefined
    ? {}
    : { outliers: far.map(({ place, cosine }) => ({ image: names[place]!, cosine })) }),
});

/** For a terminal, in lines. @param names of the images, in the order of their features. */
export function curationText({ duplicates, outliers: far }: Curation, names: readonly string[]): string {
  const parts: string[] = [];
  if (duplicates !== undefined) {
    const shown = duplicates.slice(0, SHOWN_GROUPS);
    const rows = shown.map(({ places, cosine }) => [
      cosine.toFixed(3),
      places.map((place) => names[place]!).join(", "),
    ]);
    parts.push(nearDuplicatesFound(duplicates.length, shown.length));
    if (rows.length > 0) parts.push(table(rows, "rl"));
  }
  if (far !== undefined) {
    const rows = far.map(({ place, cosine }) => [cosine.toFixed(3), names[place]!]);
    parts.push(OUTLIERS, table(rows, "rl"));
  }
  return parts.map((part) => `${part}\n`).join("");
}
