import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { serveFolder } from "@tssl/augment-zoo/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { TsslError } from "../../errors.ts";
import { refusal, refusedWith } from "../../testing/refusal.ts";
import { tarBytes, type WrittenMember } from "../../testing/tar-bytes.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { readImages } from "../read-images.ts";

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
  vi.stubEnv("TSSL_CACHE", path.join(folder.path, "cache"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await folder.remove();
});

/** Writes a shard of members by their names, and of images whose content is their name. */
function shard(name: string, members: Readonly<Record<string, string>>): string {
  const file = path.join(folder.path, name);
  mkdirSync(path.dirname(file), { recursive: true });
  const written = Object.entries(members).map(([member, content]): WrittenMember => ({
    name: member,
    content,
  }));
  writeFileSync(file, tarBytes(written));
  return file;
}

/** Forty images of each of three classes, with labels in members that `member` names. */
const samples = (member: (i: number) => Record<string, string>, count = 120) =>
  Object.assign({}, ...Array.from({ length: count }, (_, i) => member(i))) as Record<string, string>;

/** "3 cat, 1 dog": the number of images of each class. */
async function classesOf(source: string): Promise<Record<string, number>> {
  const { classes, labels } = await readImages(source);
  const counts: Record<string, number> = {};
  for (const label of labels ?? []) counts[classes[label]!] = (counts[classes[label]!] ?? 0) + 1;
  return counts;
}

describe("labels", () => {
  it("belong to the image with the same stem, also where names have dots", async () => {
    const dotted = (i: number) => ({ [`shot_v1.0_${i}.jpg`]: "x", [`shot_v1.0_${i}.cls`]: String(i % 3) });
    expect(await classesOf(shard("a.tar", samples(dotted)))).toEqual({ 0: 40, 1: 40, 2: 40 });
  });

  it.each<[what: string, member: (i: number) => Record<string, string>, counts: Record<string, number>]>([
    [
      "numbers with an offset",
      (i) => ({ [`${i}.jpg`]: "x", [`${i}.cls`]: String(1 + 999 * (i % 2)) }),
      { 1: 60, 1000: 60 },
    ],
    [".cls.txt", (i) => ({ [`${i}.jpg`]: "x", [`${i}.cls.txt`]: `${i % 3}\n` }), { 0: 40, 1: 40, 2: 40 }],
    [
      "words",
      (i) => ({ [`${i}.jpg`]: "x", [`${i}.cls`]: ["ship", "cat", "dog"][i % 3]! }),
      { ship: 40, cat: 40, dog: 40 },
    ],
    [".json", (i) => ({ [`${i}.jpg`]: "x", [`${i}.json`]: `{"label": ${i % 3}}` }), { 0: 40, 1: 40, 2: 40 }],
    [
      ".txt",
      (i) => ({ [`${i}.jpg`]: "x", [`${i}.txt`]: ["tabby cat", "dog"][i % 2]! }),
      { "tabby cat": 60, dog: 60 },
    ],
    ["captions", (i) => ({ [`${i}.jpg`]: "x", [`${i}.txt`]: `a picture of ${i} cats` }), {}],
    [
      "captions beside labels",
      (i) => ({ [`${i}.jpg`]: "x", [`${i}.txt`]: `${i} cats`, [`${i}.cls`]: String(i % 2) }),
      { 0: 60, 1: 60 },
    ],
    ["short captions", (i) => ({ [`${i}.jpg`]: "x", [`${i}.txt`]: i === 7 ? "7" : "a cat" }), {}],
    ["long captions", (i) => ({ [`${i}.jpg`]: "x", [`${i}.txt`]: "word ".repeat(100) }), {}],
    ["other JSON", (i) => ({ [`${i}.jpg`]: "x", [`${i}.json`]: '{"width": 32}' }), {}],
    ["folders", (i) => ({ [`${["cat", "dog"][i % 2]!}/${i}.jpg`]: "x" }), { cat: 60, dog: 60 }],
  ])("of %s", async (_, member, counts) => {
    expect(await classesOf(shard("a.tar", samples(member)))).toEqual(counts);
  });

  it("make classes in the order of numbers, or of names", async () => {
    const numbers = (i: number) => ({ [`${i}.jpg`]: "x", [`${i}.cls`]: ["10", "9", "200"][i % 3]! });
    expect((await readImages(shard("a.tar", samples(numbers)))).classes).toEqual(["9", "10", "200"]);
    const names = (i: number) => ({ [`${i}.jpg`]: "x", [`${i}.cls`]: ["zebra", "Cat", "ape"][i % 3]! });
    expect((await readImages(shard("b.tar", samples(names)))).classes).toEqual(["Cat", "ape", "zebra"]);
  });

  it("are those of every image or of none", async () => {
    const source = shard("a.tar", samples((i) => ({ [`${i}.jpg`]: "x", ...(i < 4 ? {} : { [`${i}.cls`]: "0" }) }), 10)); // prettier-ignore
    expect(await refusedWith(() => readImages(source))).toEqual({
      code: "INVALID_DATA",
      data: {
        root: source,
        source: ".cls",
        images: 10,
        missing: 4,
        examples: [0, 1, 2].map((i) => `${source}:${i}.jpg`),
      },
    });
    shard("set/a.tar", { "1.jpg": "x", "1.cls": "0" });
    shard("set/b.tar", { "1.jpg": "x" });
    const set = path.join(folder.path, "set");
    expect((await refusedWith(() => readImages(set))).data).toMatchObject({
      missing: 1,
      examples: [path.join(set, "b.tar:1.jpg")],
    });
  });

  it("that belong to no image are refused where no image has one", async () => {
    const source = shard(
      "a.tar",
      samples((i) => ({ [`${i}.jpg`]: "x", [`label_${i}.cls`]: "0" }), 5),
    );
    expect((await refusedWith(() => readImages(source))).data).toMatchObject({
      labels: 5,
      label: "label_0.cls",
    });
  });

  it.each([
    [
      { "1.jpg": "x", "1.cls": "-1" },
      { member: "1.cls", got: "-1" },
    ],
    [
      { "1.jpg": "x", "1.cls": "" },
      { member: "1.cls", got: "" },
    ],
    [
      { "1.jpg": "x", "1.json": '{"label": 0.5}' },
      { member: "1.json", got: "label: 0.5" },
    ],
    [{ "1.jpg": "x", "1.cls": "0", "2.jpg": "x", "2.cls": "cat" }, { values: [0, "cat"] }],
  ])("%j are refused", async (members, data) => {
    expect((await refusedWith(() => readImages(shard("a.tar", members)))).data).toMatchObject(data);
  });
});

describe("arrays of NumPy", () => {
  const pair = (i: number) => ({ [`${i}.npy`]: "x", [`${i}.cls`]: String(i % 2) });

  it("are the images of a shard that holds no others, and fields beside images", async () => {
    const { names, ledger } = await readImages(shard("a.tar", samples(pair, 4)));
    expect(names).toEqual(["0.npy", "1.npy", "2.npy", "3.npy"]);
    expect(ledger.leftOut).toEqual([]);
    expect(await classesOf(shard("b.tar", samples(pair, 40)))).toEqual({ 0: 20, 1: 20 });
    const beside = await readImages(shard("c.tar", { "0.jpg": "x", "0.npy": "x", "1.jpg": "x" }));
    expect(beside.names).toEqual(["0.jpg", "1.jpg"]);
    expect(beside.ledger.leftOut).toEqual([
      { reason: "other", extension: ".npy", count: 1, examples: ["0.npy"] },
    ]);
  });

  it("are refused beside shards of images", async () => {
    shard("mixed/a.tar", samples(pair, 4));
    shard("mixed/b.tar", { "0.jpg": "x", "0.cls": "0" });
    expect(await refusal(() => readImages(path.join(folder.path, "mixed")))).toMatch(
      /a\.tar holds arrays of NumPy \(\.npy\) and no images, and .*b\.tar holds images\. Arrays are images /,
    );
  });
});

describe("classes.json", () => {
  const classes = (where: string, names: readonly string[]) =>
    writeFileSync(path.join(folder.path, where, "classes.json"), JSON.stringify(names));

  it("names the numbers, and orders the words", async () => {
    const source = shard("a.tar", { "1.jpg": "x", "1.cls": "1", "2.jpg": "x", "2.cls": "0" });
    classes("", ["dog", "cat"]);
    const { classes: named, labels } = await readImages(source);
    expect([named, [...labels!]]).toEqual([["dog", "cat"], [1, 0]]); // prettier-ignore
    const words = shard("b.tar", { "1.jpg": "x", "1.cls": "cat", "2.jpg": "x", "2.cls": "dog" });
    expect([...(await readImages(words)).labels!]).toEqual([1, 0]);
    expect(await refusal(() => readImages(shard("c.tar", { "1.jpg": "x", "1.cls": "bird" })))).toContain(
      'does not name "bird"',
    );
    classes("", ["k\u00f6ter", "ko\u0308ter"]);
    expect(await refusal(() => readImages(words))).toContain("a list of distinct names");
    classes("", ["dog", "cat"]);
    const counted = shard("d.tar", { "1.jpg": "x", "1.cls": "1", "2.jpg": "x", "2.cls": "2" });
    expect(await refusal(() => readImages(counted))).toContain("no image is of class 0");
  });

  it("may lie in any of the folders; two that differ are refused", async () => {
    shard("x/a.tar", { "1.jpg": "x", "1.cls": "0" });
    shard("y/a.tar", { "1.jpg": "x", "1.cls": "1" });
    const source = path.join(folder.path, "{x,y}/a.tar");
    classes("y", ["dog", "cat"]);
    const { classes: named, names } = await readImages(source);
    expect([named, names]).toEqual([["dog", "cat"], ["a.tar:1.jpg:512", "a.tar:1.jpg:512"]]); // prettier-ignore
    classes("x", ["cat", "dog"]);
    expect(await refusal(() => readImages(source))).toContain("name other classes");
  });

  it("is read from a file of bounded length, and from no pipe", async () => {
    const source = shard("a.tar", { "1.jpg": "x", "1.cls": "0" });
    const file = path.join(folder.path, "classes.json");
    const refused = async () => (await refusedWith(() => readImages(source))).data;
    spawnSync("mkfifo", [file]); // nobody writes to it
    expect(await refused()).toEqual({ file, reason: "it is a pipe or a device, not a file" });
    rmSync(file);
    writeFileSync(file, '["dog"');
    truncateSync(file, 2 ** 40); // takes no room on the disk
    expect(await refused()).toEqual({ file, reason: "it has 1.00 TiB, and at most 16.0 MiB are read" });
    truncateSync(file, 100);
    expect(await refused()).toMatchObject({ file });
  });
});

describe("a member that comes twice", () => {
  it("counts as tar unpacks it: the later one", async () => {
    const members = samples((i) => ({ [`${i}.jpg`]: "first", [`${i}.cls`]: "0" }), 120);
    const [one, two] = [shard("a.tar", members), shard("b.tar", samples((i) => ({ [`./${i}.jpg`]: "second!", [`${i}.cls`]: "1" }), 60))]; // prettier-ignore
    const both = path.join(folder.path, "both.tar");
    writeFileSync(both, Buffer.concat([readFileSync(one).subarray(0, -1024), readFileSync(two)]));
    const { files, ledger, labels } = await readImages(both);
    expect([files.length, labels!.reduce((sum, label) => sum + label, 0)]).toEqual([120, 60]);
    const contents = files.map((file) => (typeof file === "string" ? 0 : file.size));
    expect(contents).toEqual(Array.from({ length: 120 }, (_, i) => (i < 60 ? 5 : 7))); // prettier-ignore
    expect(ledger).toMatchObject({ found: 360, images: 120, labels: 120 });
    expect(ledger.leftOut).toEqual([
      { reason: "replaced", extension: ".jpg", count: 60, examples: ["0.jpg", "1.jpg", "2.jpg"] },
      { reason: "replaced", extension: ".cls", count: 60, examples: ["0.cls", "1.cls", "2.cls"] },
    ]);
  });
});

it("a label that is no class may be replaced by a later one", async () => {
  const members = [{ name: "1.jpg", content: "x" }, { name: "1.cls", content: "-1" }, { name: "1.cls", content: "7" }]; // prettier-ignore
  const file = path.join(folder.path, "a.tar");
  writeFileSync(file, tarBytes(members));
  expect(await classesOf(file)).toEqual({ 7: 1 });
});

describe("the kept index", () => {
  it("gives what was read, and nothing of a shard before it of the same size and time", async () => {
    const label = (of: (i: number) => number) => (i: number) => ({ [`${i}.jpg`]: "x", [`${i}.cls`]: String(of(i)), [`${i}.txt`]: `caption ${i}` }); // prettier-ignore
    const source = shard("a.tar", samples(label((i) => i % 3)));
    utimesSync(source, 1e9, 1e9);
    const { size } = statSync(source);
    const first = await readImages(source);
    expect(await readImages(source)).toEqual(first);
    shard("a.tar", samples(label(() => 2)));
    utimesSync(source, 1e9, 1e9);
    expect(statSync(source)).toMatchObject({ size, mtimeMs: 1e12 });
    expect(await classesOf(source)).toEqual({ 2: 120 });
  });
});

describe("an archive of another kind, or a damaged one", () => {
  it.each([
    ["gzip", [0x1f, 0x8b], "1f 8b: decompress it"],
    ["zstd", [0x28, 0xb5, 0x2f, 0xfd], "28 b5 2f fd: decompress it"],
    ["bzip2", [0x42, 0x5a, 0x68, 0x39], "42 5a 68: decompress it"],
    ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "fd 37 7a 58 5a: decompress it"],
    ["zip", [0x50, 0x4b, 0x03, 0x04], "50 4b 03 04: unpack it, and name the folder"],
  ])("of %s is refused with its mark", async (format, mark, remedy) => {
    for (const name of ["x.tar", "x.tar.gz", "x.zip"]) {
      const file = path.join(folder.path, name);
      writeFileSync(file, Buffer.concat([Buffer.from(mark), randomBytes(5000, format)]));
      expect(await refusal(() => readImages(file))).toBe(
        `INVALID_DATA: ${file} is not a tar archive: byte 0 has ${format}'s mark ${remedy}.`,
      );
    }
  });

  it("is refused in a sentence with its path, wherever it is damaged", async () => {
    const members = samples(
      (i) => ({ [`folder.${i}/${i}.jpg`]: "x".repeat(700), [`folder.${i}/${i}.cls`]: "0" }),
      8,
    );
    const whole = readFileSync(shard("whole.tar", members));
    const zipped = gzipSync(randomBytes(20_000, "gzip"));
    const file = path.join(folder.path, "damaged.tar");
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      const noise = randomBytes(512, `damage ${i}`);
      const damaged = Buffer.from(i % 10 === 0 ? zipped.subarray(i) : whole);
      const at = 512 * (noise[0]! % Math.floor(damaged.length / 512));
      if (i % 10 !== 0) noise.copy(damaged, at + (noise[1]! % 400), 0, 1 + (noise[2]! % 100));
      writeFileSync(file, damaged);
      const error: unknown = await readImages(file).then(() => undefined, (reason: unknown) => reason); // prettier-ignore
      if (error === undefined) continue; // the damage is within an image
      refused++;
      expect(error).toBeInstanceOf(TsslError);
      expect((error as TsslError).code).toBe("INVALID_DATA");
      expect((error as TsslError).message).toContain(file);
    }
    expect(refused).toBeGreaterThan(100);
  });

  it("without an end is read, and that is told; without images it says what it holds", async () => {
    const file = path.join(folder.path, "a.tar");
    writeFileSync(file, tarBytes([{ name: "1.jpg", content: "x" }], "ustar", false));
    for (const start of [1, 2]) {
      const told: string[] = [];
      expect((await readImages(file, (sentence) => told.push(sentence))).files).toHaveLength(1);
      expect([start, told.filter((sentence) => sentence.includes("end mark"))]).toEqual([start, [expect.stringContaining(`${file} ends at byte 1024 without`)]]); // prettier-ignore
    }
    expect(
      await refusal(() => readImages(shard("b.tar", { "1.bmp": "x", "2.bmp": "x", "1.cls": "0" }))),
    ).toContain("found 2 × .bmp (formats that are not decoded here); 1 × .cls (no images).");
  });
});

describe("an address with a secret", () => {
  it("reads shards and classes with its query, and shows it nowhere", async () => {
    shard("a-0.tar", { "1.jpg": "x", "1.cls": "0" });
    shard("a-1.tar", { "1.jpg": "x", "1.cls": "1" });
    writeFileSync(path.join(folder.path, "classes.json"), '["dog", "cat"]');
    const server = await serveFolder(folder.path);
    server.wanted = { query: "token=s3cret" };
    const source = `${server.address}/a-{0..1}.tar`;
    const told: string[] = [];
    const set = await readImages(`${source}?token=s3cret`, (sentence) => told.push(sentence));
    expect(set.classes).toEqual(["dog", "cat"]);
    const { files, ...shown } = set;
    expect(files).toHaveLength(2);
    expect(JSON.stringify([shown, told])).not.toContain("s3cret");
    expect(shown.root).toBe(`${source}?token=…`);
    server.wanted = { query: "token=0ther" };
    const error: unknown = await readImages(`${source}?token=s3cret`).catch((reason: unknown) => reason);
    expect((error as Error).message).toContain("the server answered 401");
    expect(`${(error as Error).stack!}${JSON.stringify(error)}`).not.toContain("s3cret");
    await server.close();
  });

  it.each(["hf://datasets/a/b/x.tar", "s3://b/x.tar", "gs://b/x.tar", "pipe:cat x.tar", "abfs://x.tar"])(
    "of another scheme is refused: %s",
    async (source) => {
      expect(await refusal(() => readImages(source))).toContain(
        "images are read from paths, http:// and https://",
      );
    },
  );

  it("with a password is refused at once without it, whatever it is the address of", async () => {
    for (const name of ["x.tar", "x.txt", "x"]) {
      const error: unknown = await readImages(`https://user:s3cret@127.0.0.1:1/${name}`).catch(
        (e: unknown) => e,
      );
      expect(error).toMatchObject({
        code: "INVALID_DATA",
        data: { address: `https://…@127.0.0.1:1/${name}` },
      });
      expect(`${(error as Error).stack!}${JSON.stringify(error)}`).not.toContain("s3cret");
    }
  });

  it("of a command is refused without the command, which may hold a token", async () => {
    const source = "pipe:curl -H 'Authorization: Bearer s3cret' https://h/x.tar";
    expect((await refusedWith(() => readImages(source))).data).toMatchObject({ source: "pipe:…" });
  });
});

/** Bytes that follow from a name. */
function randomBytes(length: number, name: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => createHash("sha256").update(`${name} ${i}`).digest()); // prettier-ignore
  return Buffer.concat(blocks).subarray(0, length);
}
