import { createHash, type Hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

import { isMissing } from "../files/is-missing.ts";
import { openRegularFile, readInto } from "../files/regular-file.ts";
import { readArrays, safetensorsPieces } from "../files/safetensors.ts";
import { object, type Shape, text, whole } from "../files/shapes.ts";
import { writeWhole } from "../files/write-whole.ts";
import {
  checkpointAltered,
  checkpointMissing,
  checkpointTruncated,
  checkpointUnreadable,
} from "../messages/checkpoint.ts";
import type { Snapshot } from "./snapshot.ts";

/** What tells whether the values of a file are whole. */
export interface ValuesMark {
  readonly bytes: number;
  readonly sha256: string;
}

export const valuesMarkShape: Shape<ValuesMark> = object({ bytes: whole(), sha256: text });

/** Writes all values as a safetensors file, whole or not at all. */
export async function writeValues(file: string, snapshot: Snapshot): Promise<ValuesMark> {
  const pieces = safetensorsPieces(snapshot);
  const hash = createHash("sha256");
  await writeWhole(file, hashed(pieces, hash));
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return { bytes, sha256: hash.digest("hex") };
}

/**
 * Reads the values of a file, and holds them to their mark.
 *
 * @throws {TsslError} CHECKPOINT if it cannot be read, CHECKPOINT_DAMAGED if it is missing, cut short or
 * altered.
 */
export async function readValues(file: string, mark: ValuesMark): Promise<Snapshot> {
  const refuse = (error: unknown): never => {
    throw isMissing(error)
      ? checkpointMissing(file, "CHECKPOINT_DAMAGED")
      : checkpointUnreadable(file, error);
  };
  const handle = await openRegularFile(file).catch(refuse);
  try {
    const { size } = await handle.stat();
    if (size !== mark.bytes) throw checkpointTruncated(file, size, mark.bytes);
    if ((await hashOf(handle)) !== mark.sha256) throw checkpointAltered(file);
    return await readArrays(handle, file);
  } finally {
    await handle.close();
  }
}

/** Bytes that are hashed, written or read at a time: a hash takes less than 2 GiB. */
const AT_ONCE = 2 ** 24;

/** The pieces, which are hashed on their way. */
function* hashed(pieces: readonly Uint8Array[], hash: Hash): Generator<Uint8Array> {
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; from += AT_ONCE) {
      const part = piece.subarray(from, from + AT_ONCE);
      hash.update(part);
      yield part;
    }
  }
}

async function hashOf(handle: FileHandle): Promise<string> {
  const hash = createHash("sha256");
  const part = Buffer.alloc(AT_ONCE);
  for (let from = 0; ;) {
    const length = await readInto(part, handle, from);
    hash.update(part.subarray(0, length));
    if (length < AT_ONCE) return hash.digest("hex");
    from += length;
  }
}
