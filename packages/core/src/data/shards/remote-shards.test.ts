import path from "node:path";

import { createViewLoader, evaluationView } from "@tssl/augment-zoo";
import { type RangeServer, serveFolder } from "@tssl/augment-zoo/testing";
import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";

import { refusal } from "../../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { readImages } from "../read-images.ts";
import { writeShards } from "./write-shards.ts";

let folder: TemporaryFolder;
let server: RangeServer;
let address: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  vi.stubEnv("TSSL_CACHE", path.join(folder.path, "cache"));
  const all = await readImages((await cifar10Subset()).test);
  const images = { ...all, names: all.names.slice(90, 130), files: all.files.slice(90, 130), labels: all.labels!.slice(90, 130) }; // prettier-ignore
  await writeShards(images, { out: path.join(folder.path, "shards"), prefix: "test", limit: { images: 15 } });
  server = await serveFolder(folder.path);
  address = `${server.address}/shards`;
});
beforeEach(forget);
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await folder.remove();
});

const range = "test-{000..002}.tar";

function forget(): void {
  server.breakEvery = Infinity;
  server.asked.length = 0;
}

it("shards on a server hold what the same shards in a folder do: names, classes, contents", async () => {
  const local = await readImages(path.join(folder.path, "shards", range));
  server.breakEvery = 2;
  const remote = await readImages(`${address}/${range}`);
  expect(remote.root).toBe(`${address}/${range}`);
  expect(remote.names).toEqual(local.names);
  expect(remote.classes).toEqual(local.classes);
  expect([...remote.labels!]).toEqual([...local.labels!]);
  server.breakEvery = 5;
  expect(await fingerprintOf(remote)).toEqual(await fingerprintOf(local));
});

it("an index is made once, and again when the shard is another", async () => {
  await readImages(`${address}/test-000.tar`);
  forget();
  await readImages(`${address}/test-000.tar`);
  expect(server.asked.filter((each) => each.includes(".tar"))).toEqual(["/shards/test-000.tar 0-0"]); // its size
});

it("a loader's threads read one image at a time, past connections that break off", async () => {
  const views = { image: evaluationView({ size: 32 }) };
  const load = async (source: string) => {
    const { files } = await readImages(source);
    const loader = createViewLoader({ files, views, seed: 0, batchSize: 40, workers: 2, cacheMegabytes: 0 });
    const batch = await loader.load({ epoch: 0, indices: files.map((_, i) => files.length - 1 - i) });
    const bytes = Buffer.from(batch.views["image"]!.values);
    expect(loader.corrupt).toEqual([]);
    await loader.close();
    return { bytes, size: files.reduce((sum, file) => sum + (typeof file === "string" ? 0 : file.size), 0) };
  };
  const local = await load(path.join(folder.path, "shards", range));
  await readImages(`${address}/${range}`);
  forget();
  server.breakEvery = 7;
  const remote = await load(`${address}/${range}`);
  expect(Buffer.compare(remote.bytes, local.bytes)).toBe(0);
  const ranges = [...server.asked.join("\n").matchAll(/ (\d+)-(\d+)$/gm)];
  const bytes = ranges.reduce((sum, [, first, last]) => sum + Number(last) - Number(first) + 1, 0);
  expect(bytes).toBeLessThan(1.5 * local.size); // broken answers are not begun anew
});

it("refuses what is no shard, or is not there", async () => {
  expect(await refusal(() => readImages(`${address}/images`))).toBe(
    `INVALID_DATA: ${address}/images must be a .tar file: only tar shards are read from servers.`,
  );
  await expect(readImages(`${address}/none.tar`)).rejects.toThrow(
    `${address}/none.tar cannot be read: the server answered 404.`,
  );
});
