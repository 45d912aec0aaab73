import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { create } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeTar } from "../../testing/make-tar.ts";
import { refusedWith } from "../../testing/refusal.ts";
import { tarBytes } from "../../testing/tar-bytes.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { type TarMember, tarMembers } from "./tar-members.ts";

/** Tar's own name field holds 100 bytes, and 155 more before a slash. */
const SPLIT = `${"folder-of-some-length/".repeat(6)}${"n".repeat(90)}.jpg`;
const LONG = `${"folder-of-some-length/".repeat(9)}${"n".repeat(200)}.jpg`;
const FOREIGN = "köpfe/größe-☂.jpg";

const contents: Readonly<Record<string, string>> = {
  "a.jpg": "first",
  [SPLIT]: "x".repeat(20_000),
  [LONG]: "y".repeat(512),
  [FOREIGN]: "z".repeat(40_000),
  "empty.jpg": "",
  "last.cls": "7",
};

let folder: TemporaryFolder;
beforeAll(async () => (folder = await temporaryFolder(contents)));
afterAll(() => folder.remove());
const inFolder = (name: string) => path.join(folder.path, name);

/**
 * Name and content of each member, the content read from the archive at the offset, and once more through
 * `read`.
 */
async function membersOf(archive: string): Promise<[string, string][]> {
  const bytes = readFileSync(archive);
  const found: [string, string][] = [];
  for await (const { name, type, offset, size, read } of tarMembers(archive)) {
    const content = bytes.subarray(offset, offset + size).toString();
    expect((await read()).toString()).toBe(content);
    expect(type).toBe("File");
    found.push([name, content]);
  }
  return found;
}

describe("tarMembers", () => {
  it.each([
    ["ustar", ["a.jpg", SPLIT, "empty.jpg", "last.cls"]],
    ["gnu", Object.keys(contents)],
    ["posix", Object.keys(contents)],
  ] as const)("finds names and contents of every length in %s archives", async (format, names) => {
    const archive = makeTar(inFolder(`${format}.tar`), folder.path, names, format);
    expect(await membersOf(archive)).toEqual(names.map((name) => [name, contents[name]]));
  });

  it("reads what Node's tar writes", async () => {
    const archive = inFolder("node.tar");
    await create({ file: archive, cwd: folder.path, portable: true }, Object.keys(contents));
    expect(await membersOf(archive)).toEqual(Object.entries(contents));
  });

  it("goes through archives that were joined end to end", async () => {
    const one = readFileSync(makeTar(inFolder("one.tar"), folder.path, ["a.jpg"]));
    const two = readFileSync(makeTar(inFolder("two.tar"), folder.path, ["last.cls"]));
    const joined = inFolder("joined.tar");
    writeFileSync(joined, Buffer.concat([one, two]));
    expect(await membersOf(joined)).toEqual([
      ["a.jpg", "first"],
      ["last.cls", "7"],
    ]);
  });

  it("tells apart directories and links", async () => {
    const archive = makeTar(inFolder("all.tar"), folder.path, ["köpfe"]);
    const types: string[] = [];
    for await (const { name, type } of tarMembers(archive)) types.push(`${name} ${type}`);
    expect(types).toEqual(["köpfe/ Directory", `${FOREIGN} File`]);
  });
});

const refused = (archive: string) =>
  refusedWith(async () => {
    for await (const { read } of tarMembers(archive)) await read();
  });

/** The number of members; `told` gets the size of an archive without an end mark. */
async function countOf(archive: string, told: number[]): Promise<number> {
  let members = 0;
  for await (const { type } of tarMembers(archive, (end) => told.push(end)))
    members += type === "File" ? 1 : 0;
  return members;
}

describe("an archive that is not whole", () => {
  it("is refused where it is cut within a member; after a whole one it is read, and that is told", async () => {
    const whole = readFileSync(makeTar(inFolder("whole.tar"), folder.path, Object.keys(contents), "posix"));
    const [ends, starts]: [number[], number[]] = [[], []];
    for await (const { offset, size } of tarMembers(inFolder("whole.tar"))) {
      ends.push(offset + size);
      starts.push(Math.ceil((offset + size) / 512) * 512);
    }
    const cuts = Array.from({ length: Math.ceil(ends.at(-1)! / 331) }, (_, i) => i * 331);
    const archive = inFolder("cut.tar");
    for (const cut of [...cuts, ...ends, ...ends.map((end) => end - 1), ...starts, ends.at(-1)! + 1]) {
      writeFileSync(archive, whole.subarray(0, cut));
      const members = ends.findIndex((end, i) => cut >= end && cut <= starts[i]!) + 1;
      const told: number[] = [];
      if (members === 0) {
        expect(await refused(archive)).toMatchObject({ code: "INVALID_DATA", data: { archive, end: cut } });
        continue;
      }
      expect(await countOf(archive, told)).toBe(members);
      expect(told).toEqual([cut]);
    }
    writeFileSync(archive, whole.subarray(0, starts.at(-1)! + 512)); // half an end mark is one
    const told: number[] = [];
    expect(await countOf(archive, told)).toBe(ends.length);
    expect(told).toEqual([]);
  });

  it("is refused with the member and the byte", async () => {
    const whole = readFileSync(makeTar(inFolder("whole.tar"), folder.path, [FOREIGN, "a.jpg"], "ustar"));
    const archive = inFolder("cut.tar");
    writeFileSync(archive, whole.subarray(0, 30_000));
    expect(await refused(archive)).toEqual({
      code: "INVALID_DATA",
      data: { archive, end: 30_000, within: { name: FOREIGN, offset: 512, size: 40_000 } },
    });
    whole.writeUInt8(1, 512 + 40_448 + 3);
    writeFileSync(archive, whole);
    expect(await refused(archive)).toEqual({
      code: "INVALID_DATA",
      data: { archive, byte: 40_960, fault: "no header" },
    });
  });

  it("is refused where its room was reserved and not filled", async () => {
    const whole = readFileSync(makeTar(inFolder("whole.tar"), folder.path, ["a.jpg", SPLIT]));
    const archive = inFolder("sparse.tar");
    writeFileSync(archive, Buffer.concat([whole.subarray(0, 1024), Buffer.alloc(2 ** 21)]));
    expect(await refused(archive)).toMatchObject({
      code: "INVALID_DATA",
      data: { archive, fault: "zeros" },
    });
  });

  it("is refused where it is compressed, missing or something else", async () => {
    const archive = inFolder("other.tar");
    const whole = readFileSync(makeTar(inFolder("whole.tar"), folder.path, ["a.jpg"]));
    writeFileSync(archive, gzipSync(whole, { level: 0 })); // as long as images are, which gain nothing
    expect(await refused(archive)).toEqual({
      code: "INVALID_DATA",
      data: { archive, byte: 0, format: "gzip", mark: "1f 8b" },
    });
    writeFileSync(archive, "x".repeat(2000));
    expect(await refused(archive)).toEqual({
      code: "INVALID_DATA",
      data: { archive, byte: 0, fault: "no header" },
    });
    expect(await refused(inFolder("nowhere.tar"))).toEqual({
      code: "INVALID_DATA",
      data: {
        file: inFolder("nowhere.tar"),
        reason: expect.stringContaining("ENOENT") as string,
      },
    });
    spawnSync("mkfifo", [inFolder("pipe.tar")]); // nobody writes to it
    expect(await refused(inFolder("pipe.tar"))).toMatchObject({
      data: { reason: "it is no file, but a folder, a pipe or a device" },
    });
  });

  it("is refused where it gets shorter while it is read", async () => {
    const archive = makeTar(inFolder("shrinking.tar"), folder.path, [FOREIGN, "a.jpg"], "ustar");
    const members = tarMembers(archive);
    const first = (await members.next()).value as TarMember;
    truncateSync(archive, 20_000);
    expect(await refusedWith(() => first.read())).toMatchObject({ data: { archive, end: 20_000 } });
    expect(await refusedWith(() => members.next())).toMatchObject({ data: { archive, end: 40_960 } });
  });
});

describe("a header", () => {
  /** A tar of one member with these fields of its header changed, and a checksum that fits. */
  const changed = (change: (header: Buffer) => void): string => {
    const archive = makeTar(inFolder("changed.tar"), folder.path, ["a.jpg"], "ustar");
    const bytes = readFileSync(archive);
    change(bytes);
    bytes.fill(0x20, 148, 156);
    const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    bytes.write(sum.toString(8).padStart(6, "0"), 148, "latin1");
    writeFileSync(archive, bytes);
    return archive;
  };
  const first = async (archive: string) => {
    for await (const { name, type, size } of tarMembers(archive)) return { name, type, size };
    return undefined;
  };

  it("keeps names that are no UTF-8 apart", async () => {
    const named = (name: string) => changed((header) => header.fill(0, 0, 100).write(name, "latin1"));
    expect(await first(named("caf\xe9.jpg"))).toMatchObject({ name: "caf\\xe9.jpg" });
    expect(await first(named("caf\xe8.jpg"))).toMatchObject({ name: "caf\\xe8.jpg" });
  });

  it("may count its bytes with their sign", async () => {
    const archive = changed((header) => header.write("\xe9", 0, "latin1"));
    const bytes = readFileSync(archive);
    const unsigned = parseInt(bytes.toString("latin1", 148, 154), 8);
    bytes.write((unsigned - 256).toString(8).padStart(6, "0"), 148);
    writeFileSync(archive, bytes);
    expect(await first(archive)).toMatchObject({ name: "\\xe9.jpg" });
    bytes.write((unsigned - 255).toString(8).padStart(6, "0"), 148);
    writeFileSync(archive, bytes);
    expect(await refused(archive)).toMatchObject({ data: { byte: 0, fault: "no header" } });
  });

  it("takes sizes in base 256, and no size that is none", async () => {
    const base256 = changed((header) => {
      header.fill(0, 124, 136);
      header[124] = 0x80;
      header[135] = 5;
    });
    expect(await first(base256)).toEqual({ name: "a.jpg", type: "File", size: 5 });
    for (const [at, byte] of [
      [124, 0xff],
      [124, 0x81],
      [125, 0x80],
    ] as const) {
      // prettier-ignore
      const wrong = changed((header) => {
        header.fill(0, 124, 136);
        header[124] = 0x80;
        header[at] = byte;
      });
      expect((await refusedWith(() => first(wrong))).data).toMatchObject({ archive: wrong, byte: 0 });
    }
    const letters = changed((header) => header.write("12x4", 124));
    expect((await refusedWith(() => first(letters))).data).toMatchObject({ byte: 0, fault: "no header" });
  });

  it("of a link or a folder has no content", async () => {
    const typed = (type: string) => changed((header) => header.write(type, 156));
    expect(await refused(typed("1"))).toMatchObject({ data: { byte: 512 } }); // what follows is no header
    expect(await first(typed("1"))).toMatchObject({ type: "Link", size: 0 });
    expect(await first(typed("?"))).toMatchObject({ type: "Unknown", size: 5 });
  });

  it("of pax is read to the byte, and refused where it is damaged or takes the memory", async () => {
    const pax = (content: string, size = Buffer.byteLength(content)) => {
      const archive = changed((header) => {
        header.write("x", 156);
        header.write(size.toString(8).padStart(11, "0"), 124);
      });
      const [header, rest] = [readFileSync(archive).subarray(0, 512), readFileSync(makeTar(inFolder("plain.tar"), folder.path, ["a.jpg"], "ustar"))]; // prettier-ignore
      const block = Buffer.alloc(Math.ceil(content.length / 512) * 512);
      block.write(content);
      writeFileSync(archive, Buffer.concat([header, block, rest]));
      return archive;
    };
    expect(await first(pax("21 path=with\nnewline\n"))).toMatchObject({ name: "with\nnewline", size: 5 });
    expect(await first(pax("9 size=2\n12 mtime=12\n"))).toMatchObject({ name: "a.jpg", size: 2 });
    expect(await first(pax("22 GNU.sparse.major=1\n"))).toMatchObject({ type: "SparseFile" });
    for (const damaged of ["9 size=x\n", "99 path=a\n", "path=a\n", "11 path=ab_", "9 =size2\n"]) {
      expect((await refusedWith(() => first(pax(damaged)))).data).toMatchObject({ fault: "damaged header" });
    }
    const name = `${"n".repeat(4097)}.jpg`;
    const named = pax(`${name.length + 11} path=${name}\n`);
    expect((await refusedWith(() => first(named))).data).toMatchObject({ byte: 5120, fault: "long name" });
    const long = pax("", 2 ** 20 + 1);
    writeFileSync(long, Buffer.concat([readFileSync(long), Buffer.alloc(2 ** 21)]));
    expect((await refusedWith(() => first(long))).data).toMatchObject({ byte: 0, fault: "long header" });
  });

  it("of all members may come a hundred thousand times, each with a key of its own", async () => {
    const block = tarBytes([{ name: "common", content: "x".repeat(20), type: "g" }], "ustar", false);
    const headers = Array.from({ length: 100_000 }, (_, i) => {
      const header = Buffer.from(block);
      header.fill(0, 512).write(`20 keys${String(i).padStart(6, "0")}=value\n`, 512);
      return header;
    });
    const archive = inFolder("common.tar");
    writeFileSync(archive, Buffer.concat([...headers, tarBytes([{ name: "a.jpg", content: "x" }])]));
    expect(await first(archive)).toEqual({ name: "a.jpg", type: "File", size: 1 });
  });

  it("of a sparse file whose map has no end is refused", async () => {
    const block = tarBytes([{ name: "a.jpg", type: "S" }], "gnu", false);
    block[482] = 1;
    block.write("        ", 148);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const archive = inFolder("map.tar");
    writeFileSync(archive, Buffer.concat([block, Buffer.alloc(2 ** 21, 1)]));
    expect(await refused(archive)).toMatchObject({ data: { archive, byte: 0, fault: "long header" } });
  });

  it("of a sparse file in GNU's form is passed with its map", async () => {
    const archive = inFolder("sparse-file.tar");
    spawnSync("truncate", ["-s", "10M", inFolder("holes.bin")]);
    const file = openSync(inFolder("holes.bin"), "r+");
    for (let i = 0; i < 60; i++) writeSync(file, "data", i * 2 ** 17);
    closeSync(file);
    const { status } = spawnSync("tar", ["--sparse", "--format=gnu", "-cf", archive, "-C", folder.path, "holes.bin", "a.jpg"]); // prettier-ignore
    expect(status).toBe(0);
    const found: string[] = [];
    for await (const { name, type } of tarMembers(archive)) found.push(`${name} ${type}`);
    expect(found).toEqual(["holes.bin SparseFile", "a.jpg File"]);
  });
});
