import { open, readFile, rm } from "node:fs/promises";

import { writeWhole } from "@tssl/core/internal";

/** Rows that are written as they are computed, so that a command that was stopped goes on where it was. */
export interface RowsFile {
  /** Rows that are there. */
  readonly rows: number;
  /** Places of the images that could not be decoded; their rows mean nothing. */
  readonly corrupt: readonly number[];
  /** @param corrupt all places so far. */
  append(rows: Float32Array, corrupt: readonly number[]): Promise<void>;
  /** So many rows, from a place on. */
  read(from: number, count: number): Promise<Float32Array>;
  close(): Promise<void>;
  /** Closes and deletes it. */
  remove(): Promise<void>;
}

interface Progress {
  /** What the rows are of: encoder, images, sizes. Other rows do not go on. */
  readonly of: string;
  readonly rows: number;
  readonly corrupt: readonly number[];
}

/**
 * Opens the rows beside a result, or begins anew where there are none, or those of something else.
 *
 * @param of tells what the rows are of.
 * @param dim length of a row.
 */
export async function openRows(result: string, of: string, dim: number): Promise<RowsFile> {
  const [file, progressFile] = [`${result}.rows`, `${result}.rows.json`];
  const found = await readProgress(progressFile);
  const goesOn = found?.of === of;
  let rows = goesOn ? found.rows : 0;
  let corrupt = goesOn ? found.corrupt : [];
  const handle = await open(file, goesOn ? "r+" : "w+").catch(() => open(file, "w+"));
  const bytesPerRow = dim * Float32Array.BYTES_PER_ELEMENT;
  if ((await handle.stat()).size < rows * bytesPerRow) [rows, corrupt] = [0, []]; // written before a power cut
  await handle.truncate(rows * bytesPerRow);
  return {
    get rows() {
      return rows;
    },
    get corrupt() {
      return corrupt;
    },
    async append(more, nowCorrupt) {
      const bytes = new Uint8Array(more.buffer, more.byteOffset, more.byteLength);
      await handle.write(bytes, 0, bytes.length, rows * bytesPerRow);
      await handle.datasync();
      rows += more.length / dim;
      corrupt = nowCorrupt;
      await writeWhole(progressFile, JSON.stringify({ of, rows, corrupt } satisfies Progress));
    },
    async read(from, count) {
      const values = new Float32Array(count * dim);
      await handle.read(new Uint8Array(values.buffer), 0, values.byteLength, from * bytesPerRow);
      return values;
    },
    close: () => handle.close(),
    async remove() {
      await handle.close();
      await rm(file, { force: true });
      await rm(progressFile, { force: true });
    },
  };
}

/** Whatever cannot be read is begun anew. */
async function readProgress(file: string): Promise<Progress | undefined> {
  try {
    const { of, rows, corrupt } = JSON.parse(await readFile(file, "utf8")) as Partial<Progress>;
    const isWhole =
      typeof of === "string" && Number.isSafeInteger(rows) && rows! >= 0 && Array.isArray(corrupt);
    return isWhole ? { of, rows: rows!, corrupt: corrupt as readonly number[] } : undefined;
  } catch {
    return undefined;
  }
}
