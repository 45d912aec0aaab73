import { rowsOf } from "@tssl/core/internal";

import { joinedFloats } from "../joined-floats.ts";
import type { RowsFile } from "./rows-file.ts";

/** Rows that are read at once. */
export const CHUNK = 4096;

/**
 * The rows at some places, `CHUNK` of them at a time.
 *
 * @param places in ascending order.
 */
export async function* chunksAt(
  rows: Pick<RowsFile, "read">,
  dim: number,
  places: readonly number[],
): AsyncGenerator<Float32Array> {
  for (let start = 0; start < places.length; start += CHUNK) {
    const wanted = Int32Array.from(places.slice(start, start + CHUNK));
    const [first, last] = [wanted[0]!, wanted.at(-1)!];
    const read = await rows.read(first, last - first + 1);
    yield rowsOf(
      read,
      dim,
      wanted.map((place) => place - first),
    );
  }
}

/** The rows at some places, all of them in memory. @param places in ascending order. */
export async function rowsAt(
  rows: Pick<RowsFile, "read">,
  dim: number,
  places: readonly number[],
): Promise<Float32Array> {
  const chunks: Float32Array[] = [];
  for await (const chunk of chunksAt(rows, dim, places)) chunks.push(chunk);
  return joinedFloats(chunks);
}
