import { writeFileSync, truncateSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { decodeImage, ImageError, type Random, randomStream } from "@tssl/augment-zoo";
import { expect } from "vitest";

import { TsslError } from "../../errors.ts";
import { tarBytes, type TarDialect, type WrittenMember } from "../../testing/tar-bytes.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { readImages } from "../read-images.ts";

/** Longest time of one archive in milliseconds, and most memory of the process in bytes. */
const [LONGEST, MOST_MEMORY] = [5000, 2 ** 30];

const FLOWER = readFileSync(new URL("../../../fixtures/images/flower-0.jpg", import.meta.url));

const pick = <Item>(random: Random, items: readonly Item[]): Item => items[random.integer(items.length)]!;
const noise = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.integer(256)));

/** Names that lead elsewhere, mean something to JavaScript or a terminal, or are no names. */
const NAMES = [
  "../../etc/passwd.jpg",
  "/etc/shadow.jpg",
  "__proto__.jpg",
  "constructor.cls",
  "a\u001b[31m\r\nError: fake.jpg",
  `${"a.".repeat(1500)}jpg`,
  `${"d/".repeat(2000)}x.jpg`,
  "x".repeat(5000),
  "",
  ".",
  "//..//.jpg",
  ".cls",
  "\u0000.jpg",
];

/** What label members may say. */
const LABELS = [
  "7",
  "-1",
  "cat",
  "",
  "999999999999999",
  "1".repeat(300_000),
  `${"1".repeat(300_000)}x`,
  "\u001b[2Jcat",
  '{"label": 7}',
  '{"label": {"label": 7}}',
  `${'{"label":'.repeat(100_000)}7${"}".repeat(100_000)}`,
  "[".repeat(900_000),
  '{"__proto__": {"label": 1}, "label": 1e999}',
  "x".repeat(2 ** 20 + 1),
];

const CLASSES = [
  '["cat", "dog"]',
  "null",
  '{"length": 1e9}',
  '["cat", "cat"]',
  "[[[[",
  '["__proto__"]',
  "[".repeat(200_000),
  "",
];

/** Values of a header's field for the size. */
const SIZES: readonly Buffer[] = [
  Buffer.from("77777777777\u0000"),
  Buffer.from("-0000000001\u0000"),
  Buffer.from("            "),
  Buffer.from("12x4       \u0000"),
  Buffer.from("000000000009"),
  Buffer.from([0x80, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0]), // 2 ** 76
  Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0]), // 3 GiB
  Buffer.from([0x80, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 1]), // above 2 ** 53
  Buffer.alloc(12, 0xff),
  Buffer.alloc(12),
];

const PAX = [
  "9 size=2\n",
  "20 size=99999999999\n",
  "32 size=9999999999999999999999\n",
  "11 size=-5\n",
  "12 size=1.5\n",
  "10 path=\n",
  "999999999 path=a\n",
  "0 \n",
  "22 GNU.sparse.major=1\n",
  "31 GNU.sparse.realsize=9000000\n",
  "no record",
  "13 path=\u0000.jpg\n",
  "9 a=bcde\n".repeat(100_000),
];

/** Letters of types, and some that are none. */
const TYPES = Array.from("0123456xgLKSDMVN\u0000?");

/** Samples with labels, and among them members that no good archive has. */
function randomMembers(random: Random): WrittenMember[] {
  const label = pick(random, ["cls", "json", "txt", undefined]);
  return Array.from({ length: 1 + random.integer(5) }, (_, i): WrittenMember[] => {
    const name = random.chance(0.05) ? pick(random, NAMES) : `${pick(random, ["", "cat/", "./dog/"])}${i}`;
    if (random.chance(0.7)) {
      const image = { name: `${name}.jpg`, content: random.chance(0.9) ? FLOWER : "" };
      const said = random.chance(0.1)
        ? pick(random, LABELS)
        : label === "json"
          ? `{"label": ${i % 2}}`
          : `${i % 2}`;
      return [image, ...(label === undefined ? [] : [{ name: `${name}.${label}`, content: said }])];
    }
    if (random.chance(0.5)) {
      const type = pick(random, TYPES);
      return [{ name, content: noise(random, random.integer(2000)), type }];
    }
    return [{ name: "header", content: pick(random, PAX), type: pick(random, ["x", "g", "L", "K"]) }];
  }).flat();
}

/** Writes a header's checksum anew, so that what was changed in it is read. */
function sum(header: Buffer): void {
  header.fill(0x20, 148, 156);
  const total = header.subarray(0, 512).reduce((before, byte) => before + byte, 0);
  header.write(`${total.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
}

/** Places of headers: blocks that look like one. */
function headersIn(bytes: Buffer): number[] {
  const blocks = Array.from({ length: Math.floor(bytes.length / 512) }, (_, i) => 512 * i);
  return blocks.filter((at) => bytes.toString("latin1", at + 257, at + 262) === "ustar");
}

/** Ways in which archives are damaged, or made to do harm. */
const DAMAGES: Readonly<Record<string, (bytes: Buffer, random: Random) => Buffer>> = {
  none: (bytes) => bytes,
  noise: (_, random) => noise(random, random.integer(3000)),
  gzip: (bytes) => gzipSync(bytes, { level: 0 }),
  "cut short": (bytes, random) => bytes.subarray(0, random.integer(bytes.length + 1)),
  "bytes of headers changed": (bytes, random) => {
    const at = pick(random, headersIn(bytes));
    for (let i = 0; i <= random.integer(3); i++) bytes[at + random.integer(512)] = random.integer(256);
    return bytes;
  },
  "bytes of headers changed, with their sum": (bytes, random) => {
    const at = pick(random, headersIn(bytes));
    for (let i = 0; i <= random.integer(3); i++) bytes[at + random.integer(512)] = random.integer(256);
    sum(bytes.subarray(at));
    return bytes;
  },
  "another size": (bytes, random) => {
    const at = pick(random, headersIn(bytes));
    pick(random, SIZES).copy(bytes, at + 124);
    sum(bytes.subarray(at));
    return bytes;
  },
  "another type": (bytes, random) => {
    const at = pick(random, headersIn(bytes));
    bytes[at + 156] = random.integer(128);
    if (random.chance(0.5)) bytes[at + 482] = random.integer(2); // a sparse file's map goes on
    sum(bytes.subarray(at));
    return bytes;
  },
  "a part twice": (bytes, random) => {
    const [from, to] = [random.integer(bytes.length), random.integer(bytes.length)].sort((a, b) => a - b);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  "blocks exchanged": (bytes, random) => {
    const blocks = Array.from({ length: Math.ceil(bytes.length / 512) }, (_, i) =>
      bytes.subarray(512 * i, 512 * (i + 1)),
    );
    return Buffer.concat([...random.permutation(blocks.length)].map((i) => blocks[i]!));
  },
};

/** What became of an archive, in a few words: those with new ones are damaged further. */
async function outcomeOf(source: string): Promise<string> {
  try {
    const images = await readImages(source);
    await fingerprintOf(images);
    for (const file of images.files.slice(0, 3)) {
      await decodeImage(file).catch((error: unknown) => {
        if (!(error instanceof ImageError)) throw error;
      });
    }
    return (
      `read: ${images.files.length} ${images.classes.length} ` +
      images.ledger.leftOut.map(({ reason }) => reason).join(" ")
    );
  } catch (error) {
    if (error instanceof TsslError && error.code === "INVALID_DATA") {
      const { fault, format } = error.data ?? {};
      return `refused: ${Object.keys(error.data ?? {}).join(" ")} ${String(fault ?? format)}`;
    }
    throw error;
  }
}

/**
 * Reads `count` damaged archives. One that ends in a new way is kept, and half of the next ones are made from
 * those that were kept. The seed fixes them all.
 *
 * @throws naming the archive that ends in another error than ours, or takes too long.
 * @returns how many ways there were to end.
 */
export async function readDamagedShards(count: number, seed = 0): Promise<number> {
  const folder = await temporaryFolder();
  const [shard, classes] = [path.join(folder.path, "s.tar"), path.join(folder.path, "classes.json")];
  const kept: Buffer[] = [];
  const outcomes = new Set<string>();
  try {
    for (let i = 0; i < count; i++) {
      const random = randomStream("damaged shards", seed, i);
      const members = randomMembers(random);
      const fits = members.every(({ name }) => Buffer.byteLength(name) <= 100);
      const dialect: TarDialect = pick(random, fits ? ["ustar", "gnu", "pax"] : ["gnu", "pax"]);
      const from = kept.length > 0 && random.chance(0.5) ? Buffer.from(pick(random, kept)) : tarBytes(members, dialect); // prettier-ignore
      const damage = pick(random, Object.keys(DAMAGES));
      const isWhole = headersIn(from).length > 0;
      const bytes = DAMAGES[isWhole ? damage : "noise"]!(from, random);
      writeFileSync(shard, bytes);
      if (random.chance(0.05)) truncateSync(shard, 5 * 2 ** 30); // holes, which take no room
      rmSync(classes, { force: true });
      if (random.chance(0.2)) writeFileSync(classes, pick(random, CLASSES));

      const start = performance.now();
      const outcome = await outcomeOf(shard).catch((error: unknown) => {
        throw new Error(`archive ${i} of seed ${seed} (${damage}): ${String(error)}`, { cause: error });
      });
      expect(performance.now() - start, `archive ${i} of seed ${seed} (${damage})`).toBeLessThan(LONGEST);
      if (!outcomes.has(outcome) && bytes.length < 2 ** 20) kept.push(bytes);
      outcomes.add(outcome);
    }
  } finally {
    await folder.remove();
  }
  expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(MOST_MEMORY);
  return outcomes.size;
}
