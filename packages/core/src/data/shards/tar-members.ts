import { open } from "node:fs/promises";

import { describeRemote, isAddress, readRange } from "@tssl/augment-zoo";
import { Header, type HeaderData, Pax } from "tar";

import { archiveTruncated, dataUnreadable, notAnArchive } from "../../messages.ts";

/** One entry of a tar archive. */
export interface TarMember {
  readonly name: string;
  /** "File", "Directory", "SymbolicLink", … */
  readonly type: string;
  /** Where in the archive its content begins, in bytes. */
  readonly offset: number;
  readonly size: number;
  /** Its content, while the archive is gone through. */
  readonly read: () => Promise<Buffer>;
}

/** Tar's unit: headers are one block, contents are filled up to whole ones. */
const BLOCK = 512;

/**
 * Read at a time: some small members with their headers, little of a large one; of a file on a server much,
 * as each request takes its time.
 */
const [WINDOW, REMOTE_WINDOW] = [16 * 1024, 4 * 2 ** 20];

/**
 * Bytes of zeros that may end an archive. More is what a download leaves that reserved its room and did not
 * finish.
 */
const LONGEST_END = 2 ** 20;

/**
 * Goes through the members of a tar archive from header to header; contents are skipped. Long names are read
 * in both forms, pax and GNU.
 *
 * Archives that were joined end to end are gone through to the last.
 *
 * @throws {TsslError} INVALID_DATA naming the archive and the byte, if it cannot be read, is cut short,
 * damaged or compressed; a LoaderError if a server does not give it.
 */
export async function* tarMembers(archive: string): AsyncGenerator<TarMember> {
  const { size: end, read: readAt, close, window } = await openArchive(archive);
  try {
    const bytesAt = windowOn(readAt, window);
    let [next, zeros] = [0, 0];
    let extended: HeaderData | undefined; // of the next member
    let common: HeaderData | undefined; // of all members that follow

    while (next + BLOCK <= end) {
      const start = next;
      const block = await bytesAt(start, BLOCK);
      const header = new Header(block, 0, extended, common);
      if (header.nullBlock) {
        next += BLOCK;
        zeros += BLOCK;
        if (zeros > LONGEST_END) throw notAnArchive(archive, start, "zeros");
        continue;
      }
      if (!header.cksumValid) throw notAnArchive(archive, start, isGzip(block) ? "gzip" : "no header");
      const [offset, size] = [start + BLOCK, header.size ?? 0];
      const name = extended?.path ?? header.path ?? "";
      if (offset + size > end) {
        throw archiveTruncated(archive, end, { name, offset, size });
      }
      const read = () => bytesAt(offset, size);
      next = offset + Math.ceil(size / BLOCK) * BLOCK;
      zeros = 0;

      const { type } = header;
      if (type === "ExtendedHeader" || type === "OldExtendedHeader") {
        extended = Pax.parse((await read()).toString(), extended);
      } else if (type === "GlobalExtendedHeader") {
        common = Pax.parse((await read()).toString(), common, true);
      } else if (type === "NextFileHasLongPath" || type === "OldGnuLongPath") {
        extended = { ...extended, path: (await read()).toString().replace(/\0.*/s, "") };
      } else if (type !== "NextFileHasLongLinkpath") {
        yield { name, type, offset, size, read };
        extended = undefined;
      }
    }
    if (zeros === 0) throw archiveTruncated(archive, end);
  } finally {
    await close();
  }
}

/** An archive that can be read anywhere. */
interface OpenArchive {
  /** Bytes. */
  readonly size: number;
  /** Up to `length` bytes, fewer at the end. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
  /** Bytes to read at a time. */
  readonly window: number;
}

async function openArchive(archive: string): Promise<OpenArchive> {
  if (isAddress(archive)) {
    const { size } = await describeRemote(archive);
    return {
      size,
      async read(offset, length) {
        const bytes = await readRange(archive, offset, Math.min(length, size - offset));
        return Buffer.from(bytes.buffer);
      },
      close: () => Promise.resolve(),
      window: REMOTE_WINDOW,
    };
  }
  const handle = await open(archive, "r").catch((error: unknown) => {
    throw dataUnreadable(archive, error);
  });
  return {
    size: (await handle.stat()).size,
    async read(offset, length) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
    window: WINDOW,
  };
}

/** Reads bytes through a window that moves along. What it returned stays as it is. */
function windowOn(read: OpenArchive["read"], least: number): OpenArchive["read"] {
  let start = 0;
  let window: Buffer = Buffer.alloc(0);
  return async (offset, length) => {
    if (offset < start || offset + length > start + window.length) {
      [start, window] = [offset, await read(offset, Math.max(least, length))];
    }
    return window.subarray(offset - start, offset - start + length);
  };
}

const isGzip = (block: Buffer): boolean => block[0] === 0x1f && block[1] === 0x8b;
