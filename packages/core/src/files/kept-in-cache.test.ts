import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { cacheOf, keepInCache, keptInCache, keptWithBytes, keepWithBytes } from "./kept-in-cache.ts";
import { listOf, object, whole } from "./shapes.ts";

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
  vi.stubEnv("TSSL_CACHE", folder.path);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await folder.remove();
});

const sizes = object({ sizes: listOf(whole()) });
const fileOf = async (kind: string) => path.join(cacheOf(kind), (await readdir(cacheOf(kind)))[0]!);

it("gives back what was kept of a source, and nothing of another one", async () => {
  await keepInCache("sizes", "/images", { sizes: [1, 2] });
  expect(await keptInCache("sizes", "/images", sizes)).toEqual({ sizes: [1, 2] });
  expect(await keptInCache("sizes", "/others", sizes)).toBeUndefined();
});

it("takes what is damaged, or of another shape, for nothing: it is made anew", async () => {
  await keepInCache("sizes", "/images", { sizes: [1, 2] });
  const file = await fileOf("sizes");
  const kept = await readFile(file, "utf8");
  for (const text of [
    "",
    "null",
    kept.slice(0, -3),
    kept.replace("[1,2]", '["1"]'),
    kept.replace("[1,2]", "null"),
  ]) {
    await writeFile(file, text);
    expect(await keptInCache("sizes", "/images", sizes), text).toBeUndefined();
  }
});

it("gives back bytes only where they are whole", async () => {
  await keepWithBytes("lists", "/images", 3, Buffer.from("a\nb"));
  expect(await keptWithBytes("lists", "/images", whole(1))).toEqual({
    content: 3,
    bytes: Buffer.from("a\nb"),
  });
  expect(await keptWithBytes("lists", "/images", whole(4))).toBeUndefined();
  const file = await fileOf("lists");
  await truncate(file, (await readFile(file)).length - 1);
  expect(await keptWithBytes("lists", "/images", whole(1))).toBeUndefined();
});
