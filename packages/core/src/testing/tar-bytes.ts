/** The forms in which programs write tar archives; they differ in long names. */
export type TarDialect = "ustar" | "gnu" | "pax";

/** One member to write. */
export interface WrittenMember {
  readonly name: string;
  readonly content?: Uint8Array | string;
  /** Tar's letter for the type: "0" a file, "2" a symbolic link, "5" a folder. */
  readonly type?: string;
}

/**
 * A tar archive, written block by block from POSIX's table, as a check on what reads it.
 *
 * @param end whether the two blocks of zeros follow that end an archive.
 */
export const tarBytes = (
  members: readonly WrittenMember[],
  dialect: TarDialect = "ustar",
  end = true,
): Buffer =>
  Buffer.concat([...members.map((member) => memberBytes(member, dialect)), Buffer.alloc(end ? 1024 : 0)]);

function memberBytes({ name, content = "", type = "0" }: WrittenMember, dialect: TarDialect): Buffer {
  const body = Buffer.from(content);
  const written = Buffer.from(name);
  const own = Buffer.concat([header(written.subarray(0, 100), body.length, type, dialect), filled(body)]);
  if (dialect === "pax") {
    const record = paxRecord("path", name);
    return Buffer.concat([
      header(Buffer.from("PaxHeader"), record.length, "x", dialect),
      filled(record),
      own,
    ]);
  }
  if (written.length <= 100) return own;
  if (dialect === "gnu") {
    const long = Buffer.concat([written, Buffer.alloc(1)]);
    return Buffer.concat([
      header(Buffer.from("././@LongLink"), long.length, "L", dialect),
      filled(long),
      own,
    ]);
  }
  const slash = written.lastIndexOf("/", 155); // the folders stand in a field of their own
  const block = header(written.subarray(slash + 1), body.length, type, dialect, written.subarray(0, slash));
  return Buffer.concat([block, filled(body)]);
}

function header(
  name: Uint8Array,
  size: number,
  type: string,
  dialect: TarDialect,
  prefix: Uint8Array = Buffer.alloc(0),
): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, digits: number) =>
    block.write(value.toString(8).padStart(digits, "0"), at);
  block.set(name, 0);
  octal(0o644, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(1_700_000_000, 136, 11);
  block.fill(0x20, 148, 156);
  block.write(type, 156);
  block.write(dialect === "gnu" ? "ustar  " : "ustar\x0000", 257);
  block.set(prefix, 345);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  block[154] = 0;
  return block;
}

/** Content filled up to whole blocks. */
const filled = (content: Buffer): Buffer =>
  Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);

/** "27 path=a/name/of/any/size\n": the number is the length of the whole record. */
function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest);
  while (length !== String(length).length + Buffer.byteLength(rest)) {
    length = String(length).length + Buffer.byteLength(rest);
  }
  return Buffer.from(`${length}${rest}`);
}
