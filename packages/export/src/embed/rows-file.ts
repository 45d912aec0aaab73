import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";

import {
  checkedJson,
  fileUnreadable,
  isMissing,
  listOf,
  noRegularFile,
  object,
  readInto,
  readRegularFile,
  type Shape,
  text,
  whole,
  writeWhole,
} from "@tssl/core/internal";
import { type FileLock, takeFileLock } from "@tssl/engine";

import { embeddingsInUse } from "../messages.ts";

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

/** Bytes of the largest progress that is read. */
const LARGEST_PROGRESS = 2 ** 27;

/**
 * Opens the rows beside a result, or begins anew where there are none, or those of something else. No other
 * process can open them meanwhile.
 *
 * @param of tells what the rows are of.
 * @param dim length of a row.
 * @throws {TsslError} EXPORT while another process has them; RUN_FOLDER where they cannot be read.
 */
export async function openRows(result: string, of: string, dim: number): Promise<RowsFile> {
  const lock = await lockRows(result);
  try {
    return await openLocked(result, { of, dim, lock });
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function lockRows(result: string): Promise<FileLock> {
  const file = `${result}.rows.lock`;
  const attempt = await takeFileLock(file);
  if (attempt.lock === undefined) throw embeddingsInUse(result, attempt, file);
  return attempt.lock;
}

interface RowsOptions {
  readonly of: string;
  readonly dim: number;
  readonly lock: FileLock;
}

async function openLocked(result: string, { of, dim, lock }: RowsOptions): Promise<RowsFile> {
  const [file, progressFile] = [`${result}.rows`, `${result}.rows.json`];
  const found = await readProgress(progressFile);
  const goesOn = found?.of === of;
  let rows = goesOn ? found.rows : 0;
  let corrupt = goesOn ? found.corrupt : [];
  const bytesPerRow = dim * Float32Array.BYTES_PER_ELEMENT;
  const handle = await openRegular(file);
  if ((await handle.stat()).size < rows * bytesPerRow) [rows, corrupt] = [0, []]; // written before a power cut
  await handle.truncate(rows * bytesPerRow);
  const close = async (): Promise<void> => {
    await handle.close();
    lock.release();
  };
  return {
    get rows() {
      return rows;
    },
    get corrupt() {
      return corrupt;
    },
    async append(more, nowCorrupt) {
      const bytes = new Uint8Array(more.buffer, more.byteOffset, more.byteLength);
      await writeAt(handle, bytes, rows * bytesPerRow);
      await handle.datasync();
      rows += more.length / dim;
      corrupt = nowCorrupt;
      await writeWhole(progressFile, JSON.stringify({ of, rows, corrupt } satisfies Progress));
    },
    async read(from, count) {
      const values = new Float32Array(count * dim);
      await readInto(new Uint8Array(values.buffer), handle, from * bytesPerRow);
      return values;
    },
    close,
    async remove() {
      await rm(file, { force: true });
      await rm(progressFile, { force: true });
      await close();
    },
  };
}

/** @throws {TsslError} RUN_FOLDER where something else is in the file's place, or it cannot be opened. */
async function openRegular(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK);
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    throw noRegularFile();
  } catch (error) {
    throw fileUnreadable(file, error);
  }
}

/** All of it: where a disk is nearly full, one write may take less. */
async function writeAt(handle: FileHandle, bytes: Uint8Array, place: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written, bytes.length - written, place + written)).bytesWritten;
  }
}

const progressShape: Shape<Progress> = object({ of: text, rows: whole(), corrupt: listOf(whole()) });

/** No row is corrupt that is not there. */
const beyondRows = ({ rows, corrupt }: Progress): string | undefined =>
  corrupt.some((place) => place >= rows) ? "it names rows that are not there" : undefined;

/** Undefined where there is none, or where it is damaged: all rows are computed anew then. */
async function readProgress(file: string): Promise<Progress | undefined> {
  const bytes = await readRegularFile(file, LARGEST_PROGRESS).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw fileUnreadable(file, error);
  });
  if (bytes === undefined) return undefined;
  const read = checkedJson(bytes.toString("utf8"), progressShape, beyondRows);
  return typeof read === "string" ? undefined : read.value;
}
