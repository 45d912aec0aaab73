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
  /** What the source holds: images, and what was left out. */
  readonly ledger: DataLedger;
}

export const IMAGE_EXTENSIONS: readonly string[] = [".jpg", ".jpeg", ".png", ".webp"];

export const isImageName = (name: string): boolean =>
  IMAGE_EXTENSIONS.includes(path.extname(name).toLowerCase());

/** Hidden files and what lies in hidden folders (".…") are no part of a set. */
export const isHidden = (name: string): boolean => name.split("/").some((part) => part.startsWith("."));

/**
 * Takes the first folder of each name for its class, sorted, if every image lies in one and there are two or
 * more of them.
 *
 * @example
 * ```ts
 * classesByFolder(["dog/1.png", "cat/2.png"]); // => { classes: ["cat", "dog"], labels: [1, 0] }
 * ```
 */
export function classesByFolder(names: readonly string[]): Pick<ImageSet, "classes" | "labels"> {
  const folders = names.map((name) => name.split("/", 2));
  const classes = [...new Set(folders.map(([first]) => first!))].sort();
  if (classes.length < 2 || folders.some((parts) => parts.length < 2)) return { classes: [] };
  const classIndex = new Map(classes.map((name, i) => [name, i]));
  return { classes, labels: Int32Array.from(folders, ([first]) => classIndex.get(first!)!) };
}
