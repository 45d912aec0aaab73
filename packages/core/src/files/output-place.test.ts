import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { whyNoFileAt, whyNoFolderAt, writeOutput } from "./output-place.ts";

let folder: TemporaryFolder;
const within = (name: string) => path.join(folder.path, name);
beforeEach(async () => (folder = await temporaryFolder({ "old.html": "old" })));
afterEach(() => folder.remove());

describe("a place to write to", () => {
  it("may be new, with folders above it, or have a file; nothing is left behind", async () => {
    for (const name of ["new.html", "a/b/new.html", "old.html"])
      expect(whyNoFileAt(within(name))).toBeUndefined();
    for (const name of [".", "a/b"]) expect(whyNoFolderAt(within(name))).toBeUndefined();
    expect(await readdir(folder.path)).toEqual(["old.html"]);
    await writeOutput(within("a/b/new.html"), "new");
    expect(await readFile(within("a/b/new.html"), "utf8")).toBe("new");
  });

  it("is no folder, no pipe, no device, and leads through no file", () => {
    execFileSync("mkfifo", [within("pipe")]);
    const device = "it is a pipe or a device, not a file";
    expect([within("."), within("pipe"), "/dev/null"].map(whyNoFileAt)).toEqual([
      "it is a folder",
      device,
      device,
    ]);
    expect(whyNoFileAt(within("old.html/new.html"))).toMatch(/^ENOTDIR/);
    expect(whyNoFolderAt(within("old.html"))).toMatch(/^ENOTDIR/);
    expect(whyNoFolderAt(within(`${"x".repeat(300)}/run`))).toBe("a name in it has more than 255 bytes");
    expect(whyNoFileAt(within("x".repeat(300)))).toMatch(/^ENAMETOOLONG/);
  });

  it.runIf(process.platform === "linux")(
    "is none where nothing can be made, which is no endless wait",
    () => {
      expect(whyNoFileAt("/proc/tssl/page.html")).toMatch(/^ENOENT|^EACCES/);
      expect(whyNoFolderAt("/proc/tssl/run")).toMatch(/^ENOENT|^EACCES/);
    },
  );
});
