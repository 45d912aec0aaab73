import { listWithoutClasses } from "../messages/images.ts";
import type { ImageSet } from "./image-set.ts";

/** The class is in the image. */
export const PRESENT = 1;
/** It is in it, but hard to see: what VOC calls difficult. */
export const DIFFICULT = 0;
export const ABSENT = -1;

/** Images each of which may have several classes, or none. */
export interface MultiLabelSet {
  readonly images: ImageSet;
  readonly classes: readonly string[];
  /** `[images, classes]`, row after row: PRESENT, DIFFICULT or ABSENT. */
  readonly targets: Int8Array;
}

/** Images and the names of the classes of each. */
export function withClassNames(
  images: Omit<ImageSet, "classes">,
  names: readonly (readonly string[])[],
): MultiLabelSet {
  const own = names.map((each) => each.map((name) => name.normalize("NFC")));
  const classes = [...new Set(own.flat())].sort();
  if (classes.length === 0) throw listWithoutClasses(images.root);
  const place = new Map(classes.map((name, i) => [name, i]));
  const targets = new Int8Array(own.length * classes.length).fill(ABSENT);
  for (const [image, each] of own.entries()) {
    for (const name of each) targets[image * classes.length + place.get(name)!] = PRESENT;
  }
  return { images: { ...images, classes }, classes, targets };
}

/**
 * The targets of a set for the classes of another, in their order. Classes that the set lacks are absent in
 * all of its images.
 *
 * @returns the names that the other does not have and some image of the set does, where there are any.
 */
export function targetsFor(
  classes: readonly string[],
  { classes: own, targets }: MultiLabelSet,
): Int8Array | { readonly unknown: readonly string[] } {
  const place = new Map(classes.map((name, i) => [name.normalize("NFC"), i]));
  const columns = own.map((name) => place.get(name.normalize("NFC")));
  const seen = (column: number) =>
    targets.some((target, i) => i % own.length === column && target !== ABSENT);
  const unknown = own.filter((_, column) => columns[column] === undefined && seen(column));
  if (unknown.length > 0) return { unknown };
  const images = targets.length / own.length;
  const result = new Int8Array(images * classes.length).fill(ABSENT);
  targets.forEach((target, i) => {
    const column = columns[i % own.length];
    if (column !== undefined) result[Math.floor(i / own.length) * classes.length + column] = target;
  });
  return result;
}

/** One class for each image, as targets. */
export function oneOfMany(labels: Int32Array, classes: number): Int8Array {
  const targets = new Int8Array(labels.length * classes).fill(ABSENT);
  labels.forEach((label, image) => (targets[image * classes + label] = PRESENT));
  return targets;
}
