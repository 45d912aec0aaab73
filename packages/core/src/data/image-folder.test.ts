import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { epochBatches } from "./epoch-order.ts";
import { readImageFolder } from "./image-folder.ts";
import { prefetch } from "./prefetch.ts";

let root: string;
beforeEach(() => (root = mkdtempSync(path.join(tmpdir(), "tssl-images-"))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function touch(...files: string[]): void {
  for (const file of files) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), "");
  }
}

const relative = (files: readonly string[]) => files.map((file) => path.relative(root, file));

describe("readImageFolder", () => {
  it("takes class folders as labels, sorted, at any depth", async () => {
    touch("dog/b.jpg", "dog/deep/a.PNG", "cat/z.webp", "cat/.hidden.jpg", ".cache/x.jpg", "dog/notes.txt");
    const { files, classes, labels } = await readImageFolder(root);
    expect(relative(files)).toEqual(["cat/z.webp", "dog/b.jpg", "dog/deep/a.PNG"]);
    expect(classes).toEqual(["cat", "dog"]);
    expect([...labels!]).toEqual([0, 1, 1]);
  });

  it.each([
    ["flat", ["b.jpg", "a.jpg"]],
    ["mixed", ["a.jpg", "dog/b.jpg"]],
    ["one folder", ["all/a.jpg", "all/b.jpg"]],
  ])("has no labels where images lie %s", async (_kind, files) => {
    touch(...files);
    const found = await readImageFolder(root);
    expect(relative(found.files)).toEqual([...files].sort());
    expect(found.classes).toEqual([]);
    expect(found.labels).toBeUndefined();
  });

  it("says what is there instead of images", async () => {
    await expect(readImageFolder(root)).rejects.toThrow(
      `${root} holds no images (.jpg, .jpeg, .png, .webp); it is empty.`,
    );
    touch("a.tiff", "b.tiff", "README");
    await expect(readImageFolder(root)).rejects.toThrow(
      /found (2 × \.tiff, 1 × no extension|1 × no extension, 2 × \.tiff)\.$/,
    );
    await expect(readImageFolder(path.join(root, "a.tiff"))).rejects.toThrow(
      "must be a folder of images, but it is a file.",
    );
    await expect(readImageFolder(path.join(root, "x"))).rejects.toThrow(
      "must be a folder of images, but there is no such folder.",
    );
  });
});

describe("epochBatches", () => {
  it("shows each image at most once an epoch, by seed and epoch alone", () => {
    const batches = epochBatches(10, 3, { seed: 1, epoch: 0 });
    expect(batches.map((batch) => batch.length)).toEqual([3, 3, 3]);
    expect(new Set(batches.flat()).size).toBe(9);
    expect(epochBatches(10, 3, { seed: 1, epoch: 0 })).toEqual(batches);
    expect(epochBatches(10, 3, { seed: 1, epoch: 1 })).not.toEqual(batches);
    expect(epochBatches(10, 3, { seed: 2, epoch: 0 })).not.toEqual(batches);
  });
});

describe("prefetch", () => {
  const later = (value: number, ms: number) =>
    new Promise<number>((resolve) => setTimeout(() => resolve(value), ms));

  it("yields in order, whichever is ready first", async () => {
    const seen: number[] = [];
    for await (const value of prefetch([3, 2, 1], (n) => later(n, n * 5), {
      ahead: 3,
      discard: () => undefined,
    }))
      seen.push(value);
    expect(seen).toEqual([3, 2, 1]);
  });

  it("discards what is under way when the consumer stops", async () => {
    const discarded: number[] = [];
    for await (const value of prefetch([1, 2, 3, 4], (n) => later(n, 1), {
      ahead: 2,
      discard: (n) => discarded.push(n),
    })) {
      if (value === 1) break;
    }
    expect(discarded).toEqual([2, 3]);
  });

  it("throws an error when its turn comes", async () => {
    const seen: number[] = [];
    const load = (n: number) => (n === 2 ? Promise.reject(new Error("no 2")) : later(n, 5));
    const consume = async () => {
      for await (const value of prefetch([1, 2, 3], load, { ahead: 3, discard: () => undefined }))
        seen.push(value);
    };
    await expect(consume()).rejects.toThrow("no 2");
    expect(seen).toEqual([1]);
  });
});
