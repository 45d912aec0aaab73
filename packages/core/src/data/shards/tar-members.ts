import { type FileHandle, open } from "node:fs/promises";

import { Header, type HeaderData, Pax } from "tar";

import { messageOf, TsslError } from "../../errors.ts";

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

/** Read at a time: some small members with their headers, little of a large one. */
const WINDOW = 16 * 1024;

/** Bytes of zeros that may end an archive. More is what a download leaves that reserved its room and did not finish. */
const LONGEST_END = 2 ** 20;

/**
 * Goes through the members of a tar archive from header to header; contents are skipped. Long names are read in both forms, pax and GNU.
 *
 * Archives that were joined end to end are gone through to the last.
 *
 * @throws {TsslError} INVALID_DATA naming the archive and the byte, if it cannot be read, is cut short, damaged or compressed.
 */
export async function* tarMembers(archive: string): AsyncGenerator<TarMember> {
  const handle = await open(archive, "r").catch((error: unknown) => {
    throw new TsslError("INVALID_DATA", `${archive} cannot be read: ${messageOf(error)}.`, { cause: error });
  });
  try {
    const { size: end } = await handle.stat();
    const bytesAt = windowOn(handle);
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
        if (zeros > LONGEST_END) throw damaged(archive, start, "more than a MiB of zeros");
        continue;
      }
      if (!header.cksumValid) throw damaged(archive, start, notAHeader(block));
      const [offset, size] = [start + BLOCK, header.size ?? 0];
      const name = extended?.path ?? header.path ?? "";
      if (offset + size > end) {
        throw cutShort(archive, end, `within ${name}, which has ${size} bytes from byte ${offset} on`);
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
    if (zeros === 0) throw cutShort(archive, end, "without tar's end mark");
  } finally {
    await handle.close();
  }
}

/** Reads bytes of a file through a window that moves along. What it returned stays as it is. */
function windowOn(handle: FileHandle): (offset: number, length: number) => Promise<Buffer> {
  let [start, window] = [0, Buffer.alloc(0)];
  return async (offset, length) => {
    if (offset < start || offset + length > start + window.length) {
      const bytes = Buffer.alloc(Math.max(WINDOW, length));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
      [start, window] = [offset, bytes.subarray(0, bytesRead)];
    }
    return window.subarray(offset - start, offset - start + length);
  };
}

function notAHeader(block: Buffer): string {
  const isGzip = block[0] === 0x1f && block[1] === 0x8b;
  return isGzip ? "gzip's mark: decompress it, images are compressed already" : "no header of tar";
}

const damaged = (archive: string, byte: number, found: string): TsslError =>
  new TsslError("INVALID_DATA", `${archive} is not a whole tar archive: at byte ${byte} there is ${found}.`);

const cutShort = (archive: string, end: number, where: string): TsslError =>
  new TsslError(
    "INVALID_DATA",
    `${archive} is cut short: it ends at byte ${end}, ${where}. Fetch or make it again.`,
  );
