import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { refusal, refusedWith } from "../../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { fingerprintOf } from "../fingerprint.ts";
import type { ImageSet } from "../image-set.ts";
import { readImages } from "../read-images.ts";
import type { ShardLimit } from "./shard-plan.ts";
import { writeShards } from "./write-shards.ts";

let folder: TemporaryFolder;
let images: ImageSet;
const inFolder = (...parts: string[]) => path.join(folder.path, ...parts);

/** Names that one header cannot hold, and that are not ASCII. */
const LONG = `${"n".repeat(180)}.jpg`;
const FOREIGN = "größe-☂.jpg";

beforeAll(async () => {
  const subset = await cifar10Subset();
  folder = await temporaryFolder();
  vi.stubEnv("TSSL_CACHE", inFolder("cache"));
  for (const name of ["bird", "cat"]) {
    const files = readdirSync(path.join(subset.test, name)).slice(0, 8);
    for (const file of files) cpSync(path.join(subset.test, name, file), inFolder("images", name, file));
    cpSync(path.join(subset.test, name, files[0]!), inFolder("images", name, LONG));
    cpSync(path.join(subset.test, name, files[1]!), inFolder("images", name, FOREIGN));
  }
  images = await readImages(inFolder("images"));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await folder.remove();
});

const pack = async (out: string, limit: ShardLimit, set = images) => {
  const told: string[] = [];
  await writeShards(set, {
    out: inFolder(out),
    prefix: "train",
    limit,
    onShard: ({ name }, bytes, of) => told.push(`${name} ${bytes} ${of}`),
  });
  return told;
};

describe("writeShards", () => {
  it("packs what readImages finds again: names, order, bytes, classes", async () => {
    const told = await pack("packed", { images: 7 });
    expect(readdirSync(inFolder("packed"))).toEqual([
      "classes.json",
      "train-000.tar",
      "train-001.tar",
      "train-002.tar",
    ]);
    const sizeOf = (name: string) => readFileSync(inFolder("packed", name)).length;
    expect(told).toEqual([0, 1, 2].map((i) => `train-00${i}.tar ${sizeOf(`train-00${i}.tar`)} 3`));

    const found = await readImages(inFolder("packed"));
    expect(found.names).toEqual(images.names);
    expect(found.classes).toEqual(["bird", "cat"]);
    expect([...found.labels!]).toEqual([...images.labels!]);
    expect(await fingerprintOf(found)).toEqual(await fingerprintOf(images));
  });

  it("is read by the system's tar, each image followed by its class", async () => {
    await pack("listed", { images: 100 });
    const archive = inFolder("listed/train-000.tar");
    const listed = spawnSync("tar", ["--quoting-style=literal", "-tf", archive], { encoding: "utf8" });
    expect(listed.stderr).toBe("");
    expect(listed.stdout.trimEnd().split("\n")).toEqual(
      images.names.flatMap((name) => [name, name.replace(".jpg", ".cls")]),
    );
    cpSync(archive, inFolder("unpacked/train.tar"));
    expect(spawnSync("tar", ["-xf", "train.tar"], { cwd: inFolder("unpacked") }).status).toBe(0);
    for (const [i, name] of images.names.entries()) {
      const [got, want] = ["unpacked", "images"].map((where) => readFileSync(inFolder(where, name)));
      expect(Buffer.compare(got!, want!)).toBe(0);
      const label = readFileSync(inFolder("unpacked", name.replace(".jpg", ".cls")), "utf8");
      expect(label).toBe(String(images.labels![i]));
    }
  });

  it("gives the same bytes again, also from shards of another size", async () => {
    await pack("by-size", { bytes: 20_000 });
    await pack("again", { bytes: 20_000 });
    await pack("from-shards", { bytes: 20_000 }, await readImages(inFolder("packed")));
    const names = readdirSync(inFolder("by-size"));
    const header = readFileSync(inFolder("by-size", names[1]!)).subarray(0, 512);
    expect(parseInt(header.subarray(136, 148).toString(), 8)).toBe(0); // the time of change
    expect(names.length).toBeGreaterThan(3);
    for (const other of ["again", "from-shards"]) {
      expect(readdirSync(inFolder(other))).toEqual(names);
      for (const name of names) {
        const [a, b] = ["by-size", other].map((where) => readFileSync(inFolder(where, name)));
        expect(a!.length).toBeLessThanOrEqual(20_000 + 1024); // tar's end mark
        expect(Buffer.compare(a!, b!)).toBe(0);
      }
    }
  });

  it("packs images without classes", async () => {
    cpSync(inFolder("images/cat"), inFolder("flat"), { recursive: true });
    const flat = await readImages(inFolder("flat"));
    await pack("flat-packed", { images: 3 }, flat);
    const found = await readImages(inFolder("flat-packed"));
    expect(found).toMatchObject({ names: flat.names, classes: [] });
    expect(found.labels).toBe(undefined);
    expect(readdirSync(inFolder("flat-packed"))).not.toContain("classes.json");
  });

  it("refuses to write over shards, or beside other classes; shards of another name are welcome", async () => {
    await writeShards(images, { out: inFolder("packed"), prefix: "test", limit: { images: 50 } });
    expect(await refusedWith(() => pack("packed", { images: 2 }))).toEqual({
      code: "INVALID_DATA",
      data: { file: inFolder("packed/train-000.tar"), prefix: "train", folder: inFolder("packed") },
    });
    await pack("other", { images: 50 });
    const dogs = { ...images, classes: ["bird", "dog"] };
    expect(
      await refusedWith(() =>
        writeShards(dogs, { out: inFolder("other"), prefix: "x", limit: { images: 9 } }),
      ),
    ).toEqual({ code: "INVALID_DATA", data: { file: inFolder("other/classes.json") } });
    writeFileSync(inFolder("a-file"), "");
    expect(await refusal(() => pack("a-file/shards", { images: 9 }))).toContain(
      "shards cannot be written: ENOTDIR",
    );
  });

  it("waits for no pipe in the place of classes.json", async () => {
    mkdirSync(inFolder("piped"));
    spawnSync("mkfifo", [inFolder("piped/classes.json")]);
    expect(await refusal(() => pack("piped", { images: 9 }))).toContain(
      `${inFolder("piped/classes.json")} cannot be read: it is a pipe or a device, not a file.`,
    );
  });

  it("leaves no part of a shard behind where an image cannot be read", async () => {
    const gone = { ...images, files: [...images.files.slice(0, -1), inFolder("gone.jpg")] };
    expect(await refusal(() => pack("partly", { images: 10 }, gone))).toContain(
      `INVALID_DATA: ${inFolder("gone.jpg")} cannot be read: ENOENT`,
    );
    expect(readdirSync(inFolder("partly"))).toEqual(["classes.json", "train-000.tar"]);
  });
});
