import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import {
  describeImageChanges,
  digestOf,
  fingerprintFrom,
  fingerprintOf,
  keptMarks,
  marksOf,
} from "./fingerprint.ts";
import { readImageFolder } from "./image-folder.ts";

let folder: TemporaryFolder;
beforeEach(async () => (folder = await temporaryFolder({ "cat/a.jpg": "first", "dog/b.jpg": "second" })));
afterEach(() => folder.remove());
const take = async () => marksOf(await fingerprintOf(await readImageFolder(folder.path)));
const write = (name: string, content: string | Buffer) => writeFile(path.join(folder.path, name), content);

describe("a fingerprint", () => {
  it("is size and hash of each file by its path", async () => {
    expect(await take()).toEqual({ "cat/a.jpg": "5:a7937b64b8caa58f", "dog/b.jpg": "6:16367aacb67a4a01" }); // sha256sum
  });

  it("is that of the content alone, whenever and wherever it was written", async () => {
    const taken = await fingerprintOf(await readImageFolder(folder.path));
    const before = digestOf(await take());
    expect(taken.digest).toBe(before);
    expect(fingerprintFrom(await take())).toEqual(taken);
    const copy = await temporaryFolder({ "dog/b.jpg": "second", "cat/a.jpg": "first" });
    expect((await fingerprintOf(await readImageFolder(copy.path))).digest).toBe(before);
    await copy.remove();
    await write("cat/a.jpg", "First");
    expect(digestOf(await take())).not.toBe(before);
  });

  it("of more files than are read at a time is whole, and sees a change at the 4096th byte", async () => {
    await mkdir(path.join(folder.path, "many"));
    const content = Buffer.alloc(5000);
    for (let i = 0; i < 100; i++) await write(`many/${i}.png`, content);
    const before = await take();
    expect(Object.keys(before).length).toBe(102);
    content[4095] = 1;
    await write("many/57.png", content);
    expect(describeImageChanges(before, await take())).toBe("1 file changed (many/57.png)");
  });

  it("of a large set is kept; files drawn at random tell whether it still holds", async () => {
    const cache = await temporaryFolder();
    vi.stubEnv("TSSL_CACHE", cache.path);
    const drawn = vi.spyOn(Math, "random").mockReturnValue(0); // always the first file
    const set = async () => readImageFolder(folder.path);
    const large = async () => marksOf(await fingerprintOf(await set(), { keepFrom: 2 }));
    try {
      const first = await large();
      expect(first).toEqual(await take());
      expect(await keptMarks(digestOf(first))).toEqual(first);
      expect(await keptMarks("0")).toBe(undefined);
      await write("dog/b.jpg", "SECOND");
      expect(await large()).toEqual(first); // not looked at
      drawn.mockReturnValue(0.9);
      expect(await large()).toEqual({ ...first, "dog/b.jpg": "6:84747dcd831c7131" });
      await write("dog/c.jpg", "third");
      drawn.mockReturnValue(0);
      expect(await large()).toEqual(await take());
    } finally {
      drawn.mockRestore();
      vi.unstubAllEnvs();
      await cache.remove();
    }
  });

  it("leaves a file that cannot be read to the decoder, which names it; another set it is all the same", async () => {
    const gone = path.join(folder.path, "gone.jpg");
    const fingerprint = await fingerprintOf({ root: folder.path, names: ["gone.jpg"], files: [gone] });
    expect(marksOf(fingerprint)).toEqual({ "gone.jpg": "unreadable" });
    expect(fingerprintFrom(marksOf(fingerprint))).toEqual(fingerprint);
  });

  it("is ended by a signal", async () => {
    const signal = AbortSignal.abort(new Error("over"));
    await expect(fingerprintOf(await readImageFolder(folder.path), { signal })).rejects.toThrow("over");
  });
});

describe("changes of images", () => {
  const before = { a: "1", b: "1", c: "1", d: "1", e: "1", f: "1" };
  it("are counted by kind, with examples", () => {
    expect(describeImageChanges(before, before)).toBe(undefined);
    expect(describeImageChanges(before, { ...before, g: "1" })).toBe("1 file added (g)");
    expect(describeImageChanges(before, { a: "2", b: "2", c: "2", d: "2", e: "1", x: "1", y: "1" })).toBe(
      "2 files added (x, y), 1 removed (f), 4 changed (a, b, c, …)",
    );
  });
});
