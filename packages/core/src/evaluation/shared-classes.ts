import type { ImageSet } from "../data/image-set.ts";
import { imagesWithoutLabels, unknownClasses } from "../messages/options.ts";

/** Images that an option or a flag names. */
export interface NamedImages {
  /** "evaluation.test", "--test". */
  readonly option: string;
  readonly images: ImageSet;
}

/**
 * The test images with the classes of the labelled images, in their order. Classes are matched by name: the
 * test images may lack some of them. Names are compared in NFC, so that "ö" is one letter, however a file
 * system writes it.
 *
 * Where all test images lie in one folder that is called like a class, they are of that class.
 *
 * @throws {TsslError} INVALID_OPTION if either set has no labels, or the test images have classes that the
 * labelled images do not have, with their names.
 *
 * @example
 * ```ts
 * const labels = Int32Array.of(0, 1, 2);
 * const none = { root: "", files: [], names: [], ledger: { found: 0, images: 0, labels: 0, leftOut: [] } };
 * const train = { ...none, classes: ["cat", "dog", "ship"], labels };
 * const test = { ...train, classes: ["cat", "ship"], labels: Int32Array.of(0, 1) };
 * const named = { option: "data.train", images: train };
 * withClassesOf(named, { option: "data.test", images: test }).labels; // => [0, 2]
 * ```
 */
export function withClassesOf(train: NamedImages, test: NamedImages): ImageSet {
  if (train.images.labels === undefined) throw imagesWithoutLabels(train.option, train.images.root);
  const { classes } = train.images;
  const own = labelsAmong(classes, test.images);
  if (own === undefined) throw imagesWithoutLabels(test.option, test.images.root);
  const placeOf = placesByName(classes);
  const places = own.classes.map(placeOf);
  const used = new Set(own.labels);
  const unknown = own.classes.filter((_, label) => used.has(label) && places[label] === undefined);
  if (unknown.length > 0) {
    throw unknownClasses({ option: test.option, classes: unknown }, { option: train.option, classes });
  }
  return { ...test.images, classes, labels: own.labels.map((label) => places[label]!) };
}

/**
 * The labels of a set: its own, or, where all images lie in one folder that is called like one of these
 * classes, that class for all of them. Undefined where there are none.
 */
export function labelsAmong(
  classes: readonly string[],
  { names, classes: own, labels }: Pick<ImageSet, "names" | "classes" | "labels">,
): Required<Pick<ImageSet, "classes" | "labels">> | undefined {
  if (labels !== undefined) return { classes: own, labels };
  const folder = /^[^/]+(?=\/)/.exec(names[0]!)?.[0];
  if (folder === undefined || placesByName(classes)(folder) === undefined) return undefined;
  if (!names.every((name) => name.startsWith(`${folder}/`))) return undefined;
  return { classes: [folder], labels: new Int32Array(names.length) };
}

/** The place of a name in a list. Of two names that are one in NFC, that which is written alike. */
function placesByName(names: readonly string[]): (name: string) => number | undefined {
  const written = new Map(names.map((name, place) => [name, place]));
  const inNfc = new Map(names.map((name, place) => [name.normalize("NFC"), place]));
  return (name) => written.get(name) ?? inNfc.get(name.normalize("NFC"));
}
