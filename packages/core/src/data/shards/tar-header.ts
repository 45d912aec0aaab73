import { isUtf8 } from "node:buffer";

/** What a block says of the member that follows it. */
export interface TarHeader {
  /** The name that fits into the block; a longer one stands in a member before this one. */
  readonly name: string;
  readonly type: MemberType;
  /** Bytes of content. */
  readonly size: number;
  /** Whether a further header block with the places of a sparse file follows. */
  readonly goesOn: boolean;
}

/** Tar's unit: headers are one block, contents are filled up to whole ones. */
export const BLOCK = 512;

/** What the letters in a header's field for the type mean. */
const TYPES = {
  "0": "File",
  "\0": "File",
  "7": "File", // contiguous on tapes
  "1": "Link",
  "2": "SymbolicLink",
  "3": "CharacterDevice",
  "4": "BlockDevice",
  "5": "Directory",
  "6": "FIFO",
  x: "Pax",
  X: "Pax", // Solaris
  g: "GlobalPax",
  L: "LongName",
  N: "LongName", // early GNU tar
  K: "LongLink",
  S: "SparseFile",
  D: "DirectoryListing",
  M: "RestOfFile",
  V: "VolumeName",
} as const;

export type MemberType = (typeof TYPES)[keyof typeof TYPES] | "Unknown";

/** What begins a header of POSIX; GNU's has a blank in place of the zero, and no prefix. */
const USTAR = "ustar\0";

/** As GNU tar has it, links and folders have no content, whatever their size says. */
export const hasContent = (type: MemberType): boolean => type !== "Link" && type !== "Directory";

/**
 * Reads a header block in the form of Unix version 7, POSIX (ustar) or GNU.
 *
 * @returns undefined for what is no header.
 */
export function readHeader(block: Buffer): TarHeader | undefined {
  const size = numberIn(block.subarray(124, 136));
  const checksum = numberIn(block.subarray(148, 156));
  if (size === undefined || checksum === undefined || !sumsOf(block).includes(checksum)) return undefined;
  const letter = String.fromCharCode(block[156]!);
  const type = letter in TYPES ? TYPES[letter as keyof typeof TYPES] : "Unknown";
  const short = textIn(block.subarray(0, 100));
  const prefix = block.toString("latin1", 257, 263) === USTAR ? textIn(block.subarray(345, 500)) : "";
  const name = prefix === "" ? short : `${prefix}/${short}`;
  const isFolder = type === "File" && name.endsWith("/"); // version 7 has no type for them
  return {
    name,
    type: isFolder ? "Directory" : type,
    size: isFolder || !hasContent(type) ? 0 : size,
    goesOn: type === "SparseFile" && block[482] !== 0,
  };
}

/** A whole number in octal digits, or in base 256 where the first bit is set; undefined for anything else. */
function numberIn(field: Buffer): number | undefined {
  if ((field[0]! & 0x80) !== 0) {
    if (field[0] !== 0x80) return undefined; // negative, or above 2 ** 88
    const number = field.subarray(1).reduce((sum, byte) => 256 * sum + byte, 0);
    return Number.isSafeInteger(number) ? number : undefined;
  }
  const [, digits] = /^ *([0-7]*)[ \0]*$/.exec(field.toString("latin1").replace(/\0.*$/s, "")) ?? [];
  if (digits === undefined) return undefined;
  return digits === "" ? 0 : parseInt(digits, 8);
}

/** The sums of a header's bytes, unsigned as POSIX has it, and signed as some old programs took it. */
function sumsOf(block: Buffer): readonly number[] {
  let [unsigned, negative] = [8 * 0x20, 0]; // its own field counts as blanks
  for (let i = 0; i < BLOCK; i++) {
    if (i === 148) i += 8;
    unsigned += block[i]!;
    if (block[i]! >= 128) negative++;
  }
  return [unsigned, unsigned - 256 * negative];
}

/**
 * The text up to the first zero. Names that are no UTF-8 get an escape for each of their bytes beyond ASCII,
 * `caf\xe9.jpg`, so that different names stay different.
 */
export function textIn(field: Buffer): string {
  const end = field.indexOf(0);
  const bytes = end < 0 ? field : field.subarray(0, end);
  if (isUtf8(bytes)) return bytes.toString("utf8");
  return bytes
    .toString("latin1")
    .replace(/[\x80-\xff]/g, (character) => `\\x${character.charCodeAt(0).toString(16)}`);
}

/**
 * The records of a pax header: "27 path=a/name/of/any/size\n" each, counted in bytes.
 *
 * @returns undefined if one of them is damaged.
 */
export function readPax(content: Buffer): ReadonlyMap<string, Buffer> | undefined {
  const records = new Map<string, Buffer>();
  for (let start = 0; start < content.length;) {
    const [, digits] = /^(\d{1,9}) /.exec(content.toString("latin1", start, start + 10)) ?? [];
    if (digits === undefined) return undefined;
    const end = start + Number(digits);
    const record = content.subarray(start + digits.length + 1, end);
    const equals = record.indexOf("=");
    if (end > content.length || equals < 1 || content[end - 1] !== 0x0a) return undefined;
    records.set(record.toString("latin1", 0, equals), record.subarray(equals + 1, -1));
    start = end;
  }
  return records;
}
