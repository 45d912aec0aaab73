import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { create } from "tar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeTar } from "../../testing/make-tar.ts";
import { refusedWith } from "../../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { tarMembers } from "./tar-members.ts";

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

describe("an archive that is not whole", () => {
  const refused = (archive: string) =>
    refusedWith(async () => {
      for await (const { read } of tarMembers(archive)) await read();
    });

  it("is refused wherever it is cut, up to its end mark", async () => {
    const whole = readFileSync(makeTar(inFolder("whole.tar"), folder.path, Object.keys(contents), "posix"));
    const end = whole.findLastIndex((byte) => byte !== 0); // the 7 of last.cls
    const marked = (Math.floor(end / 512) + 2) * 512;
    const archive = inFolder("cut.tar");
    for (let cut = 0; cut < marked; cut += 331) {
      writeFileSync(archive, whole.subarray(0, cut));
      expect(await refused(archive)).toMatchObject({
        code: "INVALID_DATA",
        data: { archive, end: cut },
      });
    }
    writeFileSync(archive, whole.subarray(0, marked));
    expect((await membersOf(archive)).length).toBe(Object.keys(contents).length);
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
      data: { archive, byte: 0, fault: "gzip" },
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
  });
});
