import { labelsDisagree, twoImages, twoLabels } from "../../messages/shards.ts";
import type { LabelMember } from "./label-member.ts";

/** An image with the members that may say its class. */
export interface Sample {
  readonly image: string;
  /** At most one of each source. */
  readonly labels: readonly LabelMember[];
}

/** The samples of a shard, and the members that belong to none. */
export interface Samples {
  /** In the order of the images. */
  readonly samples: readonly Sample[];
  /** Further images of samples, such as masks, with their place in the sample: ".seg.png". */
  readonly fields: readonly { readonly name: string; readonly extension: string }[];
  /** Labels of no image. */
  readonly unclaimed: readonly LabelMember[];
}

/**
 * Joins images and labels to samples, by their names.
 *
 * In WebDataset a sample's key ends at the first dot of the base name, and what follows is the name of a
 * field: "1.left.jpg" and "1.cls" are one sample. Names with versions or dates have dots in the key:
 * "shot_v1.0_1.jpg". Both are read by one rule: a label's key is its whole stem, and an image's key is the
 * longest part of its stem, up to a dot or to its end, that is the key of a label. Where no label has such a
 * key, the image's key is its whole stem.
 *
 * Beside an image whose stem is the whole key ("1.jpg"), one whose name goes on with a letter ("1.seg.png")
 * is a field of the sample, such as a mask, and no image of the set. One that goes on with a digit
 * ("1.0.jpg") is an image of its own.
 *
 * @param shard what messages call the shard.
 * @throws {TsslError} INVALID_DATA with both names, where a sample has two images or two classes.
 *
 * @example
 * ```ts
 * const label = { name: "a.1.cls", stem: "a.1", source: "cls", value: 7 } as const;
 * const { samples, fields } = joinSamples("x.tar", ["a.1.jpg", "a.2.jpg", "a.2.mask.png"], [label]);
 * samples.map(({ image, labels }) => [image, labels[0]?.value ?? null]);
 * // => [["a.1.jpg", 7], ["a.2.jpg", null]]
 * fields; // => [{ name: "a.2.mask.png", extension: ".mask.png" }]
 * ```
 */
export function joinSamples(
  shard: string,
  images: readonly string[],
  labels: readonly LabelMember[],
): Samples {
  const labelsOf = labelsByStem(shard, labels);
  const stems = new Set(images.map(stemOf));
  const fields: { name: string; extension: string }[] = [];
  const byKey = new Map<string, string>();
  for (const name of images) {
    const key = keyOf(name, labelsOf, stems);
    if (typeof key === "string") {
      const other = byKey.get(key);
      if (other !== undefined) throw twoImages(shard, other, name);
      byKey.set(key, name);
    } else fields.push({ name, extension: key.field.toLowerCase() });
  }
  const samples = Array.from(byKey, ([key, image]): Sample => {
    const own = labelsOf.get(key) ?? NO_LABELS;
    requireAgreement(shard, own);
    return { image, labels: own };
  });
  const unclaimed = labels.filter(({ stem }) => !byKey.has(stem));
  return { samples, fields, unclaimed };
}

/** One for all images without a label, of which a shard may have a million. */
const NO_LABELS: readonly LabelMember[] = [];

/**
 * Dots of a name at which its key may end, from the last one on; a name of dots alone must not take the time.
 */
const MOST_DOTS = 32;

/** The key of an image's sample; or the place that it has beside the image of one. */
function keyOf(
  name: string,
  labels: ReadonlyMap<string, unknown>,
  images: ReadonlySet<string>,
): string | { readonly field: string } {
  const stem = stemOf(name);
  if (labels.has(stem)) return stem;
  const base = name.lastIndexOf("/") + 1;
  let dots = 0;
  for (
    let dot = stem.lastIndexOf(".");
    dot > base && dots < MOST_DOTS;
    dot = stem.lastIndexOf(".", dot - 1), dots++
  ) {
    const shorter = stem.slice(0, dot);
    if (images.has(shorter)) return /^\.\d/.test(name.slice(dot)) ? stem : { field: name.slice(dot) };
    if (labels.has(shorter)) return shorter;
  }
  return stem;
}

/** A name up to its last dot. */
const stemOf = (name: string): string => name.slice(0, name.lastIndexOf("."));

/** A list for each stem: a shard may have a million of them, and a map for each takes the memory. */
function labelsByStem(
  shard: string,
  labels: readonly LabelMember[],
): ReadonlyMap<string, readonly LabelMember[]> {
  const byStem = new Map<string, readonly LabelMember[]>();
  for (const label of labels) {
    const own = byStem.get(label.stem);
    const before = own?.find(({ source }) => source === label.source);
    if (before !== undefined) throw twoLabels(shard, before.name, label.name);
    byStem.set(label.stem, own === undefined ? [label] : [...own, label]);
  }
  return byStem;
}

/** Two numbers or two names that differ are refused; a text may be a caption. */
function requireAgreement(shard: string, labels: readonly LabelMember[]): void {
  if (labels.length < 2) return;
  const said = labels.filter(
    ({ source, value }) => typeof value === "number" || (typeof value === "string" && source !== "txt"),
  );
  for (const type of ["number", "string"]) {
    const [first, ...others] = said.filter(({ value }) => typeof value === type);
    const other = others.find(({ value }) => value !== first!.value);
    if (other !== undefined) throw labelsDisagree(shard, first!, other);
  }
}
