import { readdir, stat } from "node:fs/promises";
import path from "node:path";

import { messageOf, TsslError } from "../errors.ts";

const IMAGE_EXTENSIONS = new Set([".jpg", ".jpeg", ".png", ".webp"]);

/** The images of a folder, in an order that depends on their names alone. */
export interface ImageFolder {
  readonly root: string;
  /** Absolute paths, sorted by their path inside the root. */
  readonly files: readonly string[];
  /** Names of the class folders, sorted; empty where there are none. */
  readonly classes: readonly string[];
  /** The class of each file; absent where the images do not lie in class folders. */
  readonly labels?: Int32Array;
}

/**
 * Finds the JPEG, PNG and WebP images under a folder, at any depth.
 *
 * If every image lies in a subfolder, and there are two or more of these, the subfolders of the root are classes. Nothing is
 * decoded here. Hidden files and folders (".…") are skipped.
 *
 * @throws {TsslError} INVALID_DATA if the folder is missing, unreadable or without images.
 */
export async function readImageFolder(root: string): Promise<ImageFolder> {
  const absolute = path.resolve(root);
  const { images, others } = await walk(absolute);
  if (images.length === 0) throw noImages(root, others);

  images.sort(); // by code unit: the same on every machine, whatever its language
  const files = images.map((relative) => path.join(absolute, relative));
  const folders = images.map((relative) => relative.split(path.sep));
  const classes = [...new Set(folders.map(([first]) => first!))].sort();
  const labelled = folders.every((parts) => parts.length > 1) && classes.length > 1;
  if (!labelled) return { root: absolute, files, classes: [] };
  const classIndex = new Map(classes.map((name, i) => [name, i]));
  return {
    root: absolute,
    files,
    classes,
    labels: Int32Array.from(folders, ([first]) => classIndex.get(first!)!),
  };
}

async function walk(root: string): Promise<{ images: string[]; others: Map<string, number> }> {
  try {
    if (!(await stat(root)).isDirectory()) throw new Error("it is a file");
    const images: string[] = [];
    const others = new Map<string, number>();
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      const relative = path.relative(root, path.join(entry.parentPath, entry.name));
      if (entry.isDirectory() || relative.split(path.sep).some((part) => part.startsWith("."))) continue;
      const extension = path.extname(entry.name).toLowerCase();
      if (IMAGE_EXTENSIONS.has(extension)) images.push(relative);
      else others.set(extension || "no extension", (others.get(extension || "no extension") ?? 0) + 1);
    }
    return { images, others };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new TsslError(
      "INVALID_DATA",
      `${root} must be a folder of images, ${missing ? "but there is no such folder" : `but ${messageOf(error)}`}.`,
      { cause: error },
    );
  }
}

function noImages(root: string, others: ReadonlyMap<string, number>): TsslError {
  const found = [...others].map(([extension, count]) => `${count} × ${extension}`).join(", ");
  const extensions = [...IMAGE_EXTENSIONS].join(", ");
  return new TsslError(
    "INVALID_DATA",
    `${root} holds no images (${extensions}); ${found === "" ? "it is empty" : `found ${found}`}.`,
  );
}
