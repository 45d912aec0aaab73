import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

import { decodeImage, readFilePart } from "@tssl/augment-zoo";
import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { indexingShards } from "../messages/notices.ts";
import { makeTar } from "../testing/make-tar.ts";
import { refusal } from "../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { ImageSet } from "./image-set.ts";
import { readImages } from "./read-images.ts";

let folder: TemporaryFolder;
let images: ImageSet;
const inFolder = (...parts: string[]) => path.join(folder.path, ...parts);

beforeAll(async () => {
  const subset = await cifar10Subset();
  folder = await temporaryFolder();
  vi.stubEnv("TSSL_CACHE", inFolder("cache"));
  for (const name of ["airplane", "bird", "cat"]) {
    for (const file of readdirSync(path.join(subset.test, name)).slice(0, 5)) {
      cpSync(path.join(subset.test, name, file), inFolder("images", name, file));
    }
  }
  images = await readImages(inFolder("images"));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await folder.remove();
});
beforeEach(() => {
  rmSync(inFolder("shards"), { recursive: true, force: true });
  mkdirSync(inFolder("shards"));
});

/** The images in three shards of five, in order. */
function packed(): void {
  for (const i of [0, 1, 2]) {
    makeTar(inFolder("shards", `s-${i}.tar`), inFolder("images"), images.names.slice(5 * i, 5 * i + 5));
  }
}

/** A shard of images with .cls members that hold these texts; undefined: none. */
function labelled(shard: string, texts: readonly (string | undefined)[]): string {
  const names = texts.flatMap((text, i) => {
    const name = images.names[i]!.replace("/", "-");
    cpSync(inFolder("images", images.names[i]!), inFolder("labelled", name));
    const label = name.replace(".jpg", ".cls");
    rmSync(inFolder("labelled", label), { force: true });
    if (text === undefined) return [name];
    writeFileSync(inFolder("labelled", label), text);
    return i % 2 === 0 ? [name, label] : [label, name];
  });
  return makeTar(inFolder("shards", shard), inFolder("labelled"), names);
}

/** A shard with one label, and classes.json. */
function named(label: string, classes: string): void {
  labelled("a.tar", [label]);
  writeFileSync(inFolder("shards/classes.json"), classes);
}

describe("readImages of shards", () => {
  it("finds the images of a folder that was packed: names, bytes, classes, order, fingerprint", async () => {
    packed();
    for (const source of ["shards", "shards/s-{0..2}.tar"]) {
      const found = await readImages(inFolder(source));
      expect(found.root).toBe(inFolder(source));
      expect(found.names).toEqual(images.names);
      expect(found.classes).toEqual(["airplane", "bird", "cat"]);
      expect([...found.labels!]).toEqual([...images.labels!]);
      expect(await fingerprintOf(found)).toEqual(await fingerprintOf(images));
      for (const [i, file] of found.files.entries()) {
        if (typeof file === "string") throw new Error("a path");
        expect(
          Buffer.compare(await readFilePart(file), readFileSync(inFolder("images", images.names[i]!))),
        ).toBe(0);
        expect(await decodeImage(file)).toEqual(await decodeImage(images.files[i]!));
      }
    }
    const one = await readImages(inFolder("shards/s-1.tar"));
    expect(one.names).toEqual(images.names.slice(5, 10));
    expect(one).toMatchObject({ classes: [] }); // one folder is no classes
  });

  it("takes labels from .cls members, named by classes.json or by number", async () => {
    labelled("s.tar", ["2", "0\n", "2"]);
    const numbered = await readImages(inFolder("shards"));
    expect(numbered.names).toEqual(images.names.slice(0, 3).map((name) => name.replace("/", "-")));
    expect(numbered.classes).toEqual(["0", "2"]);
    expect([...numbered.labels!]).toEqual([1, 0, 1]);
    writeFileSync(inFolder("shards/classes.json"), '["x", "y", "z", "w"]');
    const named = await readImages(inFolder("shards/s.tar"));
    expect(named.classes).toEqual(["x", "y", "z", "w"]);
    expect([...named.labels!]).toEqual([2, 0, 2]);
  });

  it("knows no classes where there are neither labels nor folders", async () => {
    labelled("s.tar", [undefined, undefined]);
    const { classes, labels, files } = await readImages(inFolder("shards"));
    expect({ classes, labels, files: files.length }).toEqual({ classes: [], labels: undefined, files: 2 });
  });

  it("tells images of one name apart", async () => {
    for (const shard of ["a.tar", "b.tar"])
      makeTar(inFolder("shards", shard), inFolder("images"), ["cat/0000.jpg"]);
    const images = await readImages(inFolder("shards"));
    expect(images.names).toEqual(["a.tar:cat/0000.jpg:512", "b.tar:cat/0000.jpg:512"]);
    expect((await fingerprintOf(images)).names).toHaveLength(2);
  });

  it("skips hidden members, and leading ./", async () => {
    mkdirSync(inFolder("dots/.cache"), { recursive: true });
    cpSync(inFolder("images/cat/0000.jpg"), inFolder("dots/a.jpg"));
    for (const name of ["._a.jpg", ".cache/b.jpg", "notes.txt"]) writeFileSync(inFolder("dots", name), "x");
    makeTar(inFolder("shards/s.tar"), inFolder("dots"), ["."]);
    expect((await readImages(inFolder("shards"))).names).toEqual(["a.jpg"]);
  });

  it.each<[string, () => void, string]>([
    ["a label that is missing", () => labelled("s.tar", ["1", undefined]), "1 of 2 images have no label"], // prettier-ignore
    ["a label that is no class", () => labelled("s.tar", ["-1"]), "airplane-0000.cls must say a class"], // prettier-ignore
    ["labels in one shard alone", () => [labelled("a.tar", ["1"]), labelled("b.tar", [undefined])], "1 of 2 images have no label"], // prettier-ignore
    [
      "more classes than have names",
      () => named("3", '["x"]'),
      "it names 1, and there is an image of class 3.",
    ],
    ["names that are none", () => named("0", '{"x": 1}'), "classes.json cannot be used: it must contain a list of distinct names."], // prettier-ignore
    ["a shard without images", () => makeTar(inFolder("shards/s.tar"), inFolder("images"), ["-T", "/dev/null"]), "s.tar holds no images (.jpg, .jpeg, "], // prettier-ignore
  ])("refuses %s", async (_name, make, message) => {
    make();
    const text = await refusal(() => readImages(inFolder("shards")));
    expect(text).toContain(`INVALID_DATA: ${inFolder("shards")}`);
    expect(text).toContain(message);
  });

  it("refuses a shard of a range that is not there", async () => {
    packed();
    expect(await refusal(() => readImages(inFolder("shards/s-{0..3}.tar")))).toContain(
      `INVALID_DATA: ${inFolder("shards/s-3.tar")} cannot be read: ENOENT`,
    );
  });
});

describe("the index of a shard", () => {
  const shard = () => inFolder("shards/s-0.tar");
  const read = async () => {
    const told: string[] = [];
    const { names } = await readImages(shard(), (sentence) => told.push(sentence));
    return { names, told };
  };

  it("is made once and kept, until the shard is another", async () => {
    packed();
    const time = new Date("2026-01-02T03:04:05Z");
    utimesSync(shard(), time, time);
    const { names, told } = await read();
    expect(told).toEqual([indexingShards(shard(), inFolder("cache/shards"))]);
    expect(names).toEqual(images.names.slice(0, 5));
    expect(await read()).toEqual({ names, told: [] });

    const other = readFileSync(shard()).fill("b", 0, 1); // bbird/…: another name, and a wrong checksum
    writeFileSync(shard(), other);
    utimesSync(shard(), time, time);
    expect(await refusal(read)).toContain("there is no tar header");
    packed();
    appendFileSync(shard(), Buffer.alloc(512));
    utimesSync(shard(), time, time);
    expect((await read()).told).toHaveLength(1);
  });

  it("is made again where what was kept is damaged, and not kept where that cannot be written", async () => {
    packed();
    const { names } = await read();
    for (const file of readdirSync(inFolder("cache/shards"))) {
      writeFileSync(inFolder("cache/shards", file), '{"format": 1');
    }
    expect((await read()).told).toHaveLength(1);
    expect((await read()).told).toEqual([]);
    rmSync(inFolder("cache/shards"), { recursive: true });
    writeFileSync(inFolder("cache/shards"), "a file");
    expect((await read()).names).toEqual(names);
    expect((await read()).told).toHaveLength(1);
    rmSync(inFolder("cache/shards"));
  });
});
