import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeFolders } from "./make-folders.ts";

let folder: string;
beforeAll(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-folders-"))));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("makeFolders", () => {
  it("makes what is missing, and tells the uppermost that it made", () => {
    expect(makeFolders(path.join(folder, "a/b/c"))).toBe(path.join(folder, "a"));
    expect(makeFolders(path.join(folder, "a/b/c"))).toBeUndefined();
    expect(makeFolders(path.join(folder, "a/b/d"))).toBe(path.join(folder, "a/b/d"));
  });

  it("refuses a path through a file, or to one", () => {
    fs.writeFileSync(path.join(folder, "file"), "");
    expect(() => makeFolders(path.join(folder, "file/inner"))).toThrow(/ENOTDIR/);
    expect(() => makeFolders(path.join(folder, "file"))).toThrow(/EEXIST/);
  });

  it.runIf(process.platform === "linux")("ends where nothing can be made", () => {
    expect(() => makeFolders("/proc/tssl/run")).toThrow(/ENOENT|EACCES/);
  });
});
