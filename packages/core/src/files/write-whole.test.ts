import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { writeWhole } from "./write-whole.ts";

let folder: TemporaryFolder;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder({ "kept.txt": "old" });
  file = path.join(folder.path, "kept.txt");
});
afterEach(() => folder.remove());

describe("writeWhole", () => {
  it("replaces a file, with text or bytes, and leaves nothing beside it", async () => {
    await writeWhole(file, "new");
    expect(await readFile(file, "utf8")).toBe("new");
    await writeWhole(file, Uint8Array.of(1, 2));
    expect([...(await readFile(file))]).toEqual([1, 2]);
    expect(await readdir(folder.path)).toEqual(["kept.txt"]);
  });

  it("leaves the old file and nothing else when writing fails", async () => {
    const unwritable = { toString: () => "" } as unknown as string; // fails once the temporary file is open
    await expect(writeWhole(file, unwritable)).rejects.toThrow("must be");
    expect(await readFile(file, "utf8")).toBe("old");
    expect(await readdir(folder.path)).toEqual(["kept.txt"]);
  });

  it("leaves nothing when the file cannot be put in its place", async () => {
    await mkdir(path.join(folder.path, "taken/inside"), { recursive: true });
    await expect(writeWhole(path.join(folder.path, "taken"), "new")).rejects.toThrow();
    expect((await readdir(folder.path)).sort()).toEqual(["kept.txt", "taken"]);
  });
});
