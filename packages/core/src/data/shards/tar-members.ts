import { constants } from "node:fs";
import { open } from "node:fs/promises";

import { describeRemote, isAddress, readRange, withoutSecrets } from "@tssl/augment-zoo";

import type { TsslError } from "../../errors.ts";
import { dataUnreadable, notAPlainFile } from "../../messages/images.ts";
import { archiveTruncated, compressedArchive, notAnArchive } from "../../messages/shards.ts";
import { markOf } from "./archive-mark.ts";
import {
  BLOCK,
  hasContent,
  type MemberType,
  readHeader,
  readPax,
  type TarHeader,
  textIn,
} from "./tar-header.ts";

/** One entry of a tar archive. */
export interface TarMember {
  readonly name: string;
  readonly type: MemberType;
  /** Where in the archive its content begins, in bytes. */
  readonly offset: number;
  readonly size: number;
  /** Its content, while the archive is gone through. */
  readonly read: () => Promise<Buffer>;
}

/**
 * Read at a time: some small members with their headers, little of a large one; of a file on a server much,
 * as each request takes its time.
 */
const [WINDOW, REMOTE_WINDOW] = [16 * 1024, 4 * 2 ** 20];

const ZEROS = Buffer.alloc(BLOCK);

/**
 * Bytes of zeros that may end an archive. More is what a download leaves that reserved its room and did not
 * finish.
 */
const LONGEST_END = 2 ** 20;

/**
 * Longest long name, pax header or map of a sparse file, in bytes; a damaged size must not take the memory.
 */
const LONGEST_HEADER = 2 ** 20;

/** Longest name of a member, in characters: that of a path on Linux. */
const LONGEST_NAME = 4096;

/** Members of an archive, which are known all at once: those of some hundred shards of common size. */
const MOST_MEMBERS = 4_000_000;

/** What members before a member say of it, as its header has no room for it. */
interface Extension {
  /** What pax records say of the next member. */
  readonly own: PaxRecords;
  /** What pax records say of all members that follow. */
  readonly common: PaxRecords;
  /** The next member's name, in GNU's form. */
  readonly longName?: string;
}

/** Those pax records that count here. */
interface PaxRecords {
  readonly path?: string;
  /** In digits, not checked. */
  readonly size?: string;
  readonly isSparse?: boolean;
}

const EXTENSIONS: readonly MemberType[] = ["Pax", "GlobalPax", "LongName", "LongLink"];

/**
 * Goes through the members of a tar archive from header to header; contents are skipped. Long names are read
 * in both forms, pax and GNU.
 *
 * Archives that were joined end to end are gone through to the last.
 *
 * @param source absolute path, or address.
 * @param onNoEnd is called where the archive ends after a whole member, without tar's end mark.
 * @throws {TsslError} INVALID_DATA naming the archive and the byte, if it cannot be read, is cut short,
 * damaged or compressed; a LoaderError if a server does not give it.
 */
export async function* tarMembers(
  source: string,
  onNoEnd: (end: number) => void = () => {},
): AsyncGenerator<TarMember> {
  const archive = withoutSecrets(source);
  const { size: end, read: readAt, close, window } = await openArchive(source);
  try {
    const bytesAt = windowOn(readAt, window);
    let [next, zeros] = [0, 0];
    let extension: Extension = { own: {}, common: {} };
    let isExtended = false;
    let members = 0;

    while (next < end) {
      const start = next;
      const block = await bytesAt(start, Math.min(BLOCK, end - start));
      if (block.length < Math.min(BLOCK, end - start)) throw archiveTruncated(archive, start + block.length);
      if (block.equals(ZEROS.subarray(0, block.length))) {
        next += block.length;
        zeros += block.length;
        if (zeros > LONGEST_END) throw notAnArchive(archive, start, "zeros");
        continue;
      }
      const header = block.length === BLOCK ? readHeader(block) : undefined;
      if (header === undefined) throw noHeader(archive, start, block, end);
      const offset = header.goesOn ? await endOfSparseMap(start, bytesAt) : start + BLOCK;
      if (offset === undefined) throw notAnArchive(archive, start, "long header");
      const isExtension = EXTENSIONS.includes(header.type);
      const described = isExtension ? header : withExtension(header, extension);
      if (described === undefined) throw notAnArchive(archive, start, "damaged header");
      const { name, type, size } = described;
      if (offset + size > end) throw archiveTruncated(archive, end, { name, offset, size });
      next = offset + Math.ceil(size / BLOCK) * BLOCK;
      zeros = 0;

      const read = async () => {
        const content = await bytesAt(offset, size);
        if (content.length === size) return content;
        throw archiveTruncated(archive, offset + content.length, { name, offset, size }); // since it was opened
      };
      if (isExtension) {
        if (size > LONGEST_HEADER) throw notAnArchive(archive, start, "long header");
        const longer = extended(extension, type, await read());
        if (longer === undefined) throw notAnArchive(archive, start, "damaged header");
        extension = longer;
      } else {
        if (name.length > LONGEST_NAME) throw notAnArchive(archive, start, "long name");
        if (++members > MOST_MEMBERS) throw notAnArchive(archive, start, "many members");
        yield { name, type, offset, size, read };
        extension = { own: {}, common: extension.common };
      }
      isExtended = isExtension && type !== "GlobalPax";
    }
    if (end === 0 || isExtended) throw archiveTruncated(archive, end);
    if (zeros === 0) onNoEnd(end);
  } finally {
    await close();
  }
}

/** The error for a block that is no header. */
function noHeader(archive: string, byte: number, block: Buffer, end: number): TsslError {
  const mark = markOf(block);
  if (mark !== undefined) return compressedArchive(archive, byte, mark);
  return block.length < BLOCK ? archiveTruncated(archive, end) : notAnArchive(archive, byte, "no header");
}

/**
 * Where the content of a sparse file begins: its places may take further blocks after the header. Undefined
 * where they have no end.
 */
async function endOfSparseMap(start: number, bytesAt: OpenArchive["read"]): Promise<number | undefined> {
  for (let offset = start + BLOCK; offset < start + LONGEST_HEADER; offset += BLOCK) {
    const block = await bytesAt(offset, BLOCK);
    if (block.length < BLOCK || block[504] === 0) return offset + BLOCK;
  }
  return undefined;
}

/** What an extension says as well; undefined where it is damaged. */
function extended(before: Extension, type: MemberType, content: Buffer): Extension | undefined {
  if (type === "LongLink") return before;
  if (type === "LongName") return { ...before, longName: textIn(content) };
  const records = readPax(content);
  if (records === undefined) return undefined;
  const kind = type === "Pax" ? "own" : "common";
  return { ...before, [kind]: { ...before[kind], ...paxRecordsOf(records) } };
}

function paxRecordsOf(records: ReadonlyMap<string, Buffer>): PaxRecords {
  const [path, size] = [records.get("path"), records.get("size")];
  const isSparse = [...records.keys()].some((key) => key.startsWith("GNU.sparse."));
  return {
    ...(path === undefined ? {} : { path: textIn(path) }),
    ...(size === undefined ? {} : { size: size.toString("latin1") }),
    ...(isSparse ? { isSparse } : {}),
  };
}

/** A member as its header and extensions tell; undefined where these are damaged. */
function withExtension(
  header: TarHeader,
  { own, common, longName }: Extension,
): Pick<TarMember, "name" | "type" | "size"> | undefined {
  const digits = hasContent(header.type) ? (own.size ?? common.size) : undefined;
  if (digits !== undefined && !/^\d{1,15}$/.test(digits)) return undefined;
  return {
    name: own.path ?? longName ?? header.name,
    type: own.isSparse === true ? "SparseFile" : header.type,
    size: digits === undefined ? header.size : Number(digits),
  };
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
        const bytes = await readRange(archive, offset, Math.max(0, Math.min(length, size - offset)));
        return Buffer.from(bytes.buffer);
      },
      close: () => Promise.resolve(),
      window: REMOTE_WINDOW,
    };
  }
  // A pipe in the place of a file is not waited for.
  const handle = await open(archive, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw dataUnreadable(archive, error);
  });
  const found = await handle.stat();
  if (!found.isFile()) {
    await handle.close();
    throw dataUnreadable(archive, notAPlainFile());
  }
  return {
    size: found.size,
    async read(offset, length) {
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      } catch (error) {
        throw dataUnreadable(archive, error);
      }
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
