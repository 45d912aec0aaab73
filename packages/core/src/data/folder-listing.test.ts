import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { listFolder } from "./folder-listing.ts";

let images: TemporaryFolder;
let cache: TemporaryFolder;
beforeEach(async () => {
  images = await temporaryFolder({ "cat/1.png": "1", "cat/2.png": "2", "dog/deep/1.png": "1", "dog/notes.txt": "", ".old/1.png": "" }); // prettier-ignore
  cache = await temporaryFolder();
  vi.stubEnv("TSSL_CACHE", cache.path);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await images.remove();
  await cache.remove();
});

const within = (...parts: string[]) => path.join(images.path, ...parts);
/** So late that no change can have gone unseen by the folders' times. */
const later = () => Date.now() + 10_000;
const names = async (options = { keepFrom: 3, now: later }) => (await listFolder(images.path, options)).names;
const FIRST = ["cat/1.png", "cat/2.png", "dog/deep/1.png"];

/** Changes what is kept, so that what comes out of it is told from what is read. */
async function mark(from: string, to: string): Promise<void> {
  const [file] = await readdir(path.join(cache.path, "folders"));
  const kept = path.join(cache.path, "folders", file!);
  const text = await readFile(kept, "utf8");
  expect(text).toContain(from);
  expect(to).toHaveLength(from.length); // the file says its length
  await writeFile(kept, text.replaceAll(from, to));
}

describe("listFolder", () => {
  it("finds images at any depth, and counts other files; hidden ones are left out", async () => {
    const { names: found, ledger } = await listFolder(images.path);
    expect(found).toEqual(FIRST);
    expect(ledger).toEqual({
      found: 5,
      images: 3,
      labels: 0,
      leftOut: [
        { reason: "hidden", extension: ".png", count: 1, examples: [".old/1.png"] },
        { reason: "other", extension: ".txt", count: 1, examples: ["dog/notes.txt"] },
      ],
    });
    expect(await readdir(cache.path)).toEqual([]); // so few are not worth it
  });

  it("lists once what does not change", async () => {
    expect(await names()).toEqual(FIRST);
    await mark("2.png", "P.png");
    expect(await names()).toEqual(["cat/1.png", "cat/P.png", "dog/deep/1.png"]);
    // Another content of a file is none of its business.
    await writeFile(within("cat/1.png"), "other");
    expect(await names()).toContain("cat/P.png");
  });

  it.each<[string, () => Promise<unknown>, string[]]>([
    ["added", () => writeFile(within("cat/3.png"), "3"), ["cat/1.png", "cat/2.png", "cat/3.png", "dog/deep/K.png"]], // prettier-ignore
    ["removed", () => rm(within("cat/2.png")), ["cat/1.png", "dog/deep/K.png"]],
    ["renamed", () => rename(within("cat/2.png"), within("cat/0.png")), ["cat/0.png", "cat/1.png", "dog/deep/K.png"]], // prettier-ignore
    ["moved as a folder", () => rename(within("dog/deep"), within("cat/deep")), ["cat/1.png", "cat/2.png", "cat/deep/1.png"]], // prettier-ignore
  ])("reads anew the folder in which something was %s, and no other", async (_what, change, found) => {
    await names();
    await mark("2.png\u00001.png", "2.png\u0000K.png"); // that of dog/deep
    await change();
    expect(await names()).toEqual(found);
    expect(await names()).toEqual(found);
  });

  it("reads anew where an empty file or a link to nothing may have changed", async () => {
    await writeFile(within("cat/3.png"), "");
    await symlink(within("away"), within("dog/deep/more"));
    expect(await names()).toEqual(FIRST);
    await writeFile(within("cat/3.png"), "3");
    await mkdir(within("away"));
    await writeFile(within("away/2.png"), "2");
    expect(await names()).toEqual(["away/2.png", "cat/1.png", "cat/2.png", "cat/3.png", "dog/deep/1.png"]);
  });

  it("finds what comes into a new folder", async () => {
    await names();
    await mkdir(within("dog/new"));
    expect(await names()).toEqual(FIRST);
    await writeFile(within("dog/new/1.png"), "1");
    expect(await names()).toEqual([...FIRST, "dog/new/1.png"]);
  });

  it("does not trust a time of change within the clock's last ticks: a later change may have the same", async () => {
    const options = { keepFrom: 3, now: Date.now };
    await names(options);
    await mark("2.png", "P.png");
    expect(await names(options)).toEqual(FIRST);
  });

  it("does without a cache that cannot be written or read", async () => {
    vi.stubEnv("TSSL_CACHE", within("dog/notes.txt"));
    expect(await names()).toEqual(FIRST);
    vi.stubEnv("TSSL_CACHE", cache.path);
    await names();
    await mark('{"source"', "[no JSON]");
    expect(await names()).toEqual(FIRST);
  });
});
