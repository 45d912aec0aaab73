import path from "node:path";

import type { ImageFile } from "@tssl/augment-zoo";

import type { DataLedger } from "./data-ledger.ts";

/** The images of a folder or of shards, in an order that depends on their names alone. */
export interface ImageSet {
  /**
   * Where they are, as an absolute path: a folder, a .tar file, or the pattern of several; of an address,
   * without its secrets.
   */
  readonly root: string;
  readonly files: readonly ImageFile[];
  /** What each is called within the set, with "/": its path in the folder, or its member's name. */
  readonly names: readonly string[];
  /** Names of the classes; empty where there are none. */
  readonly classes: readonly string[];
  /** The class of each file; absent where there are none. */
  readonly labels?: Int32Array;
  /**
   * Classes whose folders stand under two spellings that look alike, composed and decomposed; absent where
   * there are none.
   */
  readonly joinedClasses?: readonly string[];
  /** All files that were found: the images, and what was left out and why. */
  readonly ledger: DataLedger;
}

/** Names of images end with these, in small or capital letters: every format that the decoder reads. */
export const IMAGE_EXTENSIONS: readonly string[] =
  ".jpg .jpeg .jpe .jfif .png .webp .gif .tif .tiff .avif".split(" ");

export const isImageName = (name: string): boolean =>
  IMAGE_EXTENSIONS.includes(path.extname(name).toLowerCase());

/** Arrays of NumPy, which are images where their folder holds no others, see `readOneFolder`. */
export const isArrayName = (name: string): boolean => path.extname(name).toLowerCase() === ".npy";

/** Hidden files and what lies in hidden folders (".…") are no part of a set. */
export const isHidden = (name: string): boolean => name.split("/").some((part) => part.startsWith("."));

/**
 * Takes the first folder of each name for its class if every image lies in one and there are two or more of
 * them. Names of classes are compared in Unicode's normal form C: "é" is one class, whether it is written as
 * one code point, as Linux does, or as two, as a Mac does. They stand in the order of the folders' names by
 * code unit.
 *
 * @example
 * ```ts
 * classesByFolder(["dog/1.png", "cat/2.png"]); // => { classes: ["cat", "dog"], labels: [1, 0] }
 * ```
 */
export function classesByFolder(
  names: readonly string[],
): Pick<ImageSet, "classes" | "labels" | "joinedClasses"> {
  const firsts = new Array<string>(names.length);
  const folders = new Set<string>();
  for (const [i, name] of names.entries()) {
    const end = name.indexOf("/");
    if (end < 0) return { classes: [] };
    firsts[i] = i > 0 && name.startsWith(`${firsts[i - 1]!}/`) ? firsts[i - 1]! : name.slice(0, end);
    folders.add(firsts[i]);
  }
  const sorted = [...folders].sort();
  const normal = sorted.map((folder) => folder.normalize("NFC"));
  const classes = [...new Set(normal)];
  if (classes.length < 2) return { classes: [] };
  const joinedClasses = classes.filter((name) => normal.indexOf(name) !== normal.lastIndexOf(name));
  const place = new Map(classes.map((name, i) => [name, i]));
  const label = new Map(sorted.map((folder, i) => [folder, place.get(normal[i]!)!]));
  return {
    classes,
    labels: Int32Array.from(firsts, (folder) => label.get(folder)!),
    ...(joinedClasses.length === 0 ? {} : { joinedClasses }),
  };
}
