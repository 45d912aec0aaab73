import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import fc from "fast-check";
import { expect } from "vitest";

import type { LeftOutReason } from "../data/data-ledger.ts";
import { readImages } from "../data/read-images.ts";
import { tarBytes, type TarDialect, type WrittenMember } from "./tar-bytes.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const DIALECTS = ["ustar", "gnu", "pax"] as const satisfies readonly TarDialect[];

/** Forms of labels: the member's extension and its text, by the number of the class. */
const WORDS = ["cat", "Dog", "a ship", "zebra", "größe"] as const;
const LABELS = {
  none: undefined,
  number: { extension: "cls", text: (label: number) => String(label) },
  "number and newline": { extension: "cls.txt", text: (label: number) => ` ${label}\r\n` },
  word: { extension: "CLS", text: (label: number) => WORDS[label % 5]! },
  "JSON number": { extension: "json", text: (label: number) => JSON.stringify({ width: 9, label }) },
  "JSON word": { extension: "json", text: (label: number) => JSON.stringify({ class: WORDS[label % 5] }) },
  "text number": { extension: "txt", text: (label: number) => String(label) },
  "text word": { extension: "txt", text: (label: number) => WORDS[label % 5]! },
} as const;
type LabelForm = keyof typeof LABELS;

/** Stems of images by their number: all different, many the same up to their first dot. */
const STEMS: readonly ((i: number) => string)[] = [
  (i) => String(i).padStart(6, "0"),
  (i) => `shot_v1.0_${i}`,
  (i) => `2020.01.05_${i}`,
  (i) => `cat/x2.0.${i}`,
  (i) => `dog/köpfe-☂ ${i}`,
  (i) => `${"folder-of-some-length/".repeat(6)}n.${i}`,
];

/** Members that are no images, and why. */
const OTHERS: readonly { readonly name: string; readonly reason: LeftOutReason; readonly type?: string }[] = [
  { name: ".DS_Store", reason: "hidden" },
  { name: "cat/._000001.jpg", reason: "hidden" },
  { name: ".ipynb_checkpoints/a.png", reason: "hidden" },
  { name: "__MACOSX/cat/a.jpg", reason: "leftover" },
  { name: "cat/Thumbs.db", reason: "leftover" },
  { name: "@eaDir/a.jpg", reason: "leftover" },
  { name: "scan.bmp", reason: "format" },
  { name: "scan.heic", reason: "format" },
  { name: "README.md", reason: "other" },
  { name: "without-extension", reason: "other" },
  { name: "link-to-nothing", reason: "other", type: "2" },
  { name: "hard-link.csv", reason: "other", type: "1" },
  { name: "empty.jpg", reason: "empty" },
];

interface RandomSample {
  readonly stem: number;
  readonly label: number;
  readonly extension: string;
  /** Another image of the sample, which is no image of the set. */
  readonly mask: boolean;
  /** The image alone stands under a field's name, as "7.left.jpg". */
  readonly isField: boolean;
  readonly shard: number;
}

const sample: fc.Arbitrary<RandomSample> = fc.record({
  stem: fc.nat(STEMS.length - 1),
  label: fc.nat(6),
  extension: fc.constantFrom("jpg", "JPG", "jpeg", "png", "webp"),
  mask: fc.boolean(),
  isField: fc.boolean(),
  shard: fc.nat(2),
});

/** A set of shards as a test writes it. */
export const randomShards = fc.record({
  dialect: fc.constantFrom(...DIALECTS),
  form: fc.constantFrom(...(Object.keys(LABELS) as LabelForm[])),
  /** Added to each class number: sets may begin at 1, and have gaps. */
  offset: fc.constantFrom(0, 1, 500),
  samples: fc.array(sample, { minLength: 1, maxLength: 12 }),
  others: fc.array(fc.record({ other: fc.nat(OTHERS.length - 1), shard: fc.nat(2) }), { maxLength: 6 }),
  folders: fc.boolean(),
  /** Places of members that are written a second time, with other content before. */
  repeated: fc.array(fc.nat(60), { maxLength: 5 }),
  order: fc.infiniteStream(fc.nat()),
  dotted: fc.boolean(),
});

interface PlannedMember extends WrittenMember {
  readonly kind: "image" | "label" | LeftOutReason;
  readonly label?: number;
}

type Shards = typeof randomShards extends fc.Arbitrary<infer Value> ? Value : never;

/** The members of each shard, in the order of writing, the ones that are replaced included. */
function plan({ form, offset, samples, others, folders, repeated, order, dotted }: Shards) {
  const shards: PlannedMember[][] = [[], [], []];
  for (const [i, { stem, label, extension, mask, isField, shard }] of samples.entries()) {
    const said = LABELS[form];
    const key = `${dotted ? "./" : ""}${STEMS[stem]!(i)}`;
    // Without a label the key of "7.left.jpg" is "7.left", so it would not be a field of "7".
    const image = isField && said !== undefined ? `${key}.left.${extension}` : `${key}.${extension}`;
    const members = shards[shard]!;
    members.push({ name: image, content: `image ${i} of ${image}`, kind: "image", label: label + offset });
    if (said !== undefined) {
      const text = said.text(label + offset);
      members.push({ name: `${key}.${said.extension}`, content: text, kind: "label", label: label + offset });
    }
    if (mask && image === `${key}.${extension}`) {
      members.push({ name: `${key}.seg.png`, content: "mask", kind: "other" });
    }
  }
  for (const [i, { other, shard }] of others.entries()) {
    const { name, reason, type } = OTHERS[other]!;
    if (shards[shard]!.length === 0 || shards[shard]!.some((each) => each.name === name)) continue;
    const content = reason === "empty" || type !== undefined ? "" : `other ${i}`;
    shards[shard]!.push({ name, content, kind: reason, ...(type === undefined ? {} : { type }) });
  }
  const next = order[Symbol.iterator]();
  return shards
    .filter((members) => members.length > 0)
    .map((members): readonly PlannedMember[] => {
      const ranks = new Map(members.map((member) => [member, next.next().value as number]));
      const shuffled = [...members].sort((a, b) => ranks.get(a)! - ranks.get(b)!);
      const earlier = [...new Set(repeated)].flatMap((place): readonly PlannedMember[] => {
        const member = shuffled[place];
        if (member === undefined || member.type !== undefined) return [];
        const content = member.kind === "label" ? "3" : "replaced";
        return [
          { ...member, content: member.name.endsWith("json") ? '{"label": 3}' : content, kind: "replaced" },
        ];
      });
      const directory: PlannedMember[] = folders ? [{ name: "cat/", type: "5", kind: "other" }] : [];
      return [...directory, ...earlier, ...shuffled];
    });
}

/** Writes random shards, reads them, and holds every image, every label and the sum to the plan. */
export async function checkRandomShards(shards: Shards): Promise<void> {
  const planned = plan(shards);
  const folder = await temporaryFolder();
  try {
    await mkdir(path.join(folder.path, "shards"));
    for (const [i, members] of planned.entries()) {
      await writeFile(path.join(folder.path, "shards", `s-${i}.tar`), tarBytes(members, shards.dialect));
    }
    const set = await readImages(path.join(folder.path, "shards"));

    const files = planned.map((members) => members.filter(({ type }) => type !== "5"));
    const images = files.flatMap((members) => members.filter(({ kind }) => kind === "image"));
    expect(set.files.map((file) => (typeof file === "string" ? file : file.name))).toEqual(
      images.map(({ name }) => name.replace(/^\.\//, "")),
    );
    for (const [i, file] of set.files.entries()) {
      if (typeof file === "string") throw new Error("a shard's image is a part of a file");
      const bytes = await readFile(file.path);
      const content = bytes.subarray(file.offset, file.offset + file.size).toString();
      expect(content).toBe(images[i]!.content);
    }

    if (shards.form === "none") {
      expect(set.classes).toEqual(expectedFolders(set.files.map((file) => (file as { name: string }).name)));
    } else {
      const isWord = shards.form.includes("word");
      const said = images.map(({ label }) => (isWord ? WORDS[label! % 5]! : String(label)));
      expect(Array.from(set.labels!, (label) => set.classes[label])).toEqual(said);
      const inOrder = (a: string, b: string) => (isWord ? (a < b ? -1 : 1) : Number(a) - Number(b));
      expect(set.classes).toEqual([...new Set(said)].sort(inOrder));
    }

    const counted = (kind: PlannedMember["kind"]) =>
      files.flat().reduce((sum, member) => sum + (member.kind === kind ? 1 : 0), 0);
    const { ledger } = set;
    expect(ledger.found).toBe(files.flat().length);
    expect([ledger.images, ledger.labels]).toEqual([counted("image"), counted("label")]);
    const reasons = ["hidden", "leftover", "format", "other", "empty", "replaced"] as const;
    for (const reason of reasons) {
      const left = ledger.leftOut.filter((each) => each.reason === reason);
      expect([reason, left.reduce((sum, { count }) => sum + count, 0)]).toEqual([reason, counted(reason)]);
    }
    const sum = ledger.leftOut.reduce((total, { count }) => total + count, ledger.images + ledger.labels);
    expect(sum).toBe(ledger.found);
  } finally {
    await folder.remove();
  }
}

/** Without labels, the first folders are classes where all images lie in one and there are two or more. */
function expectedFolders(names: readonly string[]): readonly string[] {
  const folders = [...new Set(names.map((name) => (name.includes("/") ? name.split("/")[0]! : "")))].sort();
  return folders.includes("") || folders.length < 2 ? [] : folders;
}
