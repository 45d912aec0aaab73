import {
  classUnknown,
  classUnnamed,
  labelsMissing,
  labelsMixed,
  labelsUnclaimed,
} from "../../messages/shards.ts";
import type { LeftOut } from "../data-ledger.ts";
import type { ShardIndex } from "./index-shard.ts";
import { type ClassValue, LABEL_SOURCES, type LabelSource } from "./label-member.ts";

/** The classes of a set of shards by the members beside its images. */
export interface ShardClasses {
  readonly classes: readonly string[];
  readonly labels: Int32Array;
}

/** The labels that a set uses, and the members that say no class for it. */
export interface ChosenLabels {
  /** The class of each image; absent where no members say it. */
  readonly values?: readonly ClassValue[];
  /** Number of members that say them. */
  readonly members: number;
  /** Members of other kinds: captions, and what says the same again. */
  readonly leftOut: readonly LeftOut[];
}

/** Names that messages show. */
const EXAMPLES = 3;

/**
 * Chooses the kind of members that says the classes of a set: `.cls`, else `.json`, else `.txt`, the first
 * that has classes. Texts are captions, and no classes, if one of them has several lines or more than 100
 * characters, if some are numbers and others words, or if most of them are different and have three words or
 * more.
 *
 * @param root what the shards are called together.
 * @param nameOf an image's name in messages.
 * @throws {TsslError} INVALID_DATA if some images have a label and others have none, or all labels belong to
 * no image.
 */
export function chooseLabels(
  root: string,
  indexes: readonly ShardIndex[],
  nameOf: (image: number) => string,
): ChosenLabels {
  const chosen = LABEL_SOURCES.find((source) => sayClasses(indexes, source));
  const others = LABEL_SOURCES.filter((source) => source !== chosen);
  const leftOut = indexes.flatMap((index) => others.flatMap((source) => leftOutOf(index, source)));
  if (chosen === undefined) {
    const count = indexes.reduce((sum, { unclaimed }) => sum + unclaimed.count, 0);
    const example = indexes.find(({ unclaimed }) => unclaimed.count > 0)?.unclaimed.example;
    if (example !== undefined) throw labelsUnclaimed(root, count, example, nameOf(0));
    return { members: 0, leftOut };
  }
  const values = valuesOf(indexes, chosen);
  const missing = values.flatMap((value, image) => (value === null ? [image] : []));
  if (missing.length > 0) {
    const examples = missing.slice(0, EXAMPLES).map(nameOf);
    throw labelsMissing(root, `.${chosen}`, values.length, missing.length, examples);
  }
  const members = indexes.reduce((sum, { labels }) => sum + (labels[chosen]?.members ?? 0), 0);
  return { values: values as readonly ClassValue[], members, leftOut };
}

/**
 * The classes of labels. Numbers are places in the list of names, or else names themselves, in their order;
 * names make classes in alphabetical order.
 *
 * @param nameOf an image's name in messages.
 * @param named the content of classes.json and its path.
 * @throws {TsslError} INVALID_DATA if some labels are numbers and others names, or one is not in the list.
 */
export function classesByLabel(
  values: readonly ClassValue[],
  nameOf: (image: number) => string,
  named?: { readonly file: string; readonly names: readonly string[] },
): ShardClasses {
  const place = values.findIndex((value) => typeof value !== typeof values[0]);
  if (place >= 0) throw labelsMixed(nameOf(0), values[0]!, nameOf(place), values[place]!);
  if (named === undefined) {
    const sorted = [...new Set(values)].sort(inOrder);
    const places = new Map(sorted.map((value, i) => [value, i]));
    return { classes: sorted.map(String), labels: Int32Array.from(values, (value) => places.get(value)!) };
  }
  const { file, names } = named;
  const places = new Map<ClassValue, number>(names.map((name, i) => [name.normalize("NFC"), i]));
  const labels = Int32Array.from(values, (value, i) => {
    if (typeof value === "number") {
      if (value < names.length) return value;
      throw classUnnamed(file, names.length, value, !values.includes(0));
    }
    const at = places.get(value);
    if (at === undefined) throw classUnknown(file, nameOf(i), value);
    return at;
  });
  return { classes: names, labels };
}

const valuesOf = (indexes: readonly ShardIndex[], source: LabelSource): readonly (ClassValue | null)[] =>
  indexes.flatMap(({ names, labels }) => labels[source]?.values ?? names.map(() => null));

/** Whether members of this kind say classes, and are no captions. */
function sayClasses(indexes: readonly ShardIndex[], source: LabelSource): boolean {
  const values = valuesOf(indexes, source).filter((value) => value !== null);
  if (values.length === 0) return false;
  const members = indexes.reduce((sum, { labels }) => sum + (labels[source]?.members ?? 0), 0);
  if (source === "cls") return true;
  if (values.length < members) return false; // the others are no names
  if (source === "txt" && new Set(values.map((value) => typeof value)).size > 1) return false;
  const sentences = values.filter((value) => typeof value === "string" && value.split(/\s+/).length >= 3);
  return !(new Set(values).size > values.length / 2 && sentences.length > values.length / 2);
}

function leftOutOf({ labels }: ShardIndex, source: LabelSource): readonly LeftOut[] {
  const own = labels[source];
  if (own === undefined) return [];
  return [{ reason: "other", extension: `.${source}`, count: own.members, examples: own.examples }];
}

const inOrder = (a: ClassValue, b: ClassValue): number =>
  typeof a === "number" && typeof b === "number" ? a - b : a < b ? -1 : 1;
