import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, describe, expect, it } from "vitest";

import { decodeImage } from "./decode.ts";
import { readSize } from "./decoding/open-image.ts";
import { ImageError } from "./errors.ts";
import { type FilePart, imageFileName, readFilePart } from "./image-file.ts";
import { createViewLoader, type ViewLoader } from "./loader/view-loader.ts";
import { viewOf } from "./loader/view-of.ts";
import { mocoV2View } from "./recipes/moco.ts";

const fixtures = fileURLToPath(new URL("../fixtures/decode", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "augment-zoo-parts-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Real images, one after another in one file. */
const paths = readdirSync(fixtures).sort().map((name) => path.join(fixtures, name)); // prettier-ignore
const whole = path.join(folder, "whole");
const parts: FilePart[] = [];
let length = 0;
for (const file of paths) {
  const { length: size } = readFileSync(file);
  parts.push({ path: whole, name: path.basename(file), offset: length, size });
  length += size;
}
writeFileSync(whole, Buffer.concat(paths.map((file) => readFileSync(file))));

describe("a part of a file", () => {
  it("is read and decoded as the file that it is a copy of", async () => {
    for (const [i, part] of parts.entries()) {
      expect(Buffer.compare(await readFilePart(part), readFileSync(paths[i]!))).toBe(0);
      expect(Buffer.compare(await readFilePart(part, 7), readFileSync(paths[i]!).subarray(0, 7))).toBe(0);
      expect(await readSize(part)).toEqual(await readSize(paths[i]!));
      expect(await decodeImage(part)).toEqual(await decodeImage(paths[i]!));
    }
  });

  it("is called by both names", () => {
    expect(imageFileName(parts[0]!)).toBe(`${whole}:bilevel.png`);
    expect(imageFileName(paths[0]!)).toBe(paths[0]);
  });

  it("is refused where the file ends within it, is missing, or holds no image there", async () => {
    const refused = async (change: Partial<FilePart>) => {
      const error: unknown = await decodeImage({ ...parts.at(-1)!, ...change }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(ImageError);
      return (error as ImageError).data;
    };
    const { name, offset, size } = parts.at(-1)!;
    const file = `${whole}:${name}`;
    const truncated = { file, problem: "truncated", path: whole, size: size + 9, offset, found: size };
    expect(await refused({ size: size + 9 })).toEqual(truncated);
    const gone = path.join(folder, "gone");
    expect(await refused({ path: gone })).toMatchObject({ reason: `${gone} does not exist` });
    expect(await refused({ offset: offset - 5 })).toMatchObject({ file, problem: "not an image" });
    expect(await refused({ size: 0 })).toMatchObject({ problem: "empty" });
  });

  it("is read from any number of files, of which a thread keeps a thousand open", async () => {
    const many = Array.from({ length: 1100 }, (_, i) => path.join(folder, `many-${i}`));
    many.forEach((file, i) => writeFileSync(file, `file ${i}`));
    const descriptors = () => (existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : 0);
    const before = descriptors();
    for (const round of [1, 2]) {
      for (const [i, file] of many.entries()) {
        const bytes = await readFilePart({ path: file, name: `${round}`, offset: 5, size: `${i}`.length });
        expect(Buffer.from(bytes).toString()).toBe(`${i}`);
      }
    }
    expect(descriptors() - before).toBeLessThanOrEqual(1000);
  });
});

describe("createViewLoader on parts of files", () => {
  const views = { query: mocoV2View({ size: 32 }) };
  const loaders: ViewLoader[] = [];
  const open = (files: readonly (string | FilePart)[], maxCorruptShare = 0) => {
    const loader = createViewLoader({ files, views, seed: 3, batchSize: 32, workers: 2, maxCorruptShare });
    loaders.push(loader);
    return loader;
  };
  afterAll(() => Promise.all(loaders.map((loader) => loader.close())));
  const all = paths.map((_, i) => i);

  it("makes the views that it makes of whole files, and viewOf makes them too", async () => {
    const [ofPaths, ofParts] = [
      await open(paths).load({ epoch: 2, indices: all }),
      await open(parts).load({ epoch: 2, indices: all }),
    ];
    expect(
      Buffer.compare(
        Buffer.from(ofParts.views["query"]!.values),
        Buffer.from(ofPaths.views["query"]!.values),
      ),
    ).toBe(0);
    const key = { seed: 3, epoch: 2, index: 4, view: "query" };
    const { image } = await viewOf(parts[4]!, views.query, key);
    expect(
      Buffer.compare(Buffer.from(ofParts.views["query"]!.values.subarray(4 * 3072, 5 * 3072)), image.data),
    ).toBe(0);
  });

  it("counts a part that is cut short among the corrupt, and shows another in its place", async () => {
    const cut = { ...parts[1]!, size: length };
    const loader = open([parts[0]!, cut, parts[2]!], 0.5);
    const batch = await loader.load({ epoch: 0, indices: [1] });
    const { image } = await viewOf(parts[2]!, views.query, { seed: 3, epoch: 0, index: 1, view: "query" });
    expect(Buffer.compare(Buffer.from(batch.views["query"]!.values), image.data)).toBe(0);
    expect(loader.corrupt).toEqual([
      {
        index: 1,
        kind: "cut short",
        file: `${whole}:${cut.name}`,
        found: expect.stringContaining("truncated") as unknown,
      },
    ]);
  });
});
