/** What tells compressed files and other archives from tar: the bytes that they begin with. */
const MARKS = [
  { format: "gzip", bytes: [0x1f, 0x8b], remedy: "decompress it" },
  { format: "zstd", bytes: [0x28, 0xb5, 0x2f, 0xfd], remedy: "decompress it" },
  { format: "bzip2", bytes: [0x42, 0x5a, 0x68], remedy: "decompress it" },
  { format: "xz", bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], remedy: "decompress it" },
  { format: "lz4", bytes: [0x04, 0x22, 0x4d, 0x18], remedy: "decompress it" },
  { format: "zip", bytes: [0x50, 0x4b, 0x03, 0x04], remedy: "unpack it, and name the folder" },
  { format: "7z", bytes: [0x37, 0x7a, 0xbc, 0xaf], remedy: "unpack it, and name the folder" },
  { format: "rar", bytes: [0x52, 0x61, 0x72, 0x21], remedy: "unpack it, and name the folder" },
] as const;

/** The format of a file that is no tar archive, by the mark that its bytes begin with. */
export interface ArchiveMark {
  /** "gzip" */
  readonly format: string;
  /** "1f 8b" */
  readonly mark: string;
  /** What to do: "decompress it". */
  readonly remedy: string;
}

/**
 * The mark that bytes begin with, of a compressed file or another kind of archive.
 *
 * @example
 * ```ts
 * markOf(Buffer.from([0x1f, 0x8b, 8, 0]))?.format; // => "gzip"
 * ```
 */
export function markOf(bytes: Uint8Array): ArchiveMark | undefined {
  const found = MARKS.find((each) => each.bytes.every((byte, i) => bytes[i] === byte));
  if (found === undefined) return undefined;
  const { format, remedy } = found;
  return { format, mark: found.bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" "), remedy };
}

/** Names of compressed archives. */
export const COMPRESSED_NAME = /\.(tgz|tbz2?|txz|tar\.(gz|zst|zstd|bz2|xz|lz4|br|z))$/i;
