import fs from "node:fs";
import path from "node:path";

import { sha256OfFile } from "../sha256.ts";
import type { Wheel } from "./wheels.ts";

export interface UnpackedFile {
  /** Path in the wheel, and in the library folder. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly sha256: string;
}

/** The unpacked files of a wheel. It is written last: a wheel with a manifest is unpacked completely. */
export interface Manifest {
  readonly wheel: string;
  readonly sha256: string;
  /** The pattern that chose the files. */
  readonly wanted: string;
  readonly files: readonly UnpackedFile[];
}

export function writeManifest(file: string, manifest: Manifest): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, JSON.stringify(manifest, undefined, 1));
  fs.renameSync(`${file}.new`, file);
}

/**
 * Whether the manifest in `file` is of this wheel and this choice of its files, and all that it names still
 * lies under
 * `folder`, unchanged.
 *
 * @param thorough whether to compare the sha256 of every file, and not only its size and time of change.
 */
export async function isIntact(
  file: string,
  folder: string,
  { sha256, wanted }: Pick<Wheel, "sha256" | "wanted">,
  thorough: boolean,
): Promise<boolean> {
  const manifest = readManifest(file);
  if (manifest?.sha256 !== sha256 || manifest.wanted !== wanted.source) return false;
  for (const expected of manifest.files) {
    const target = path.join(folder, expected.path);
    const stat = fs.statSync(target, { throwIfNoEntry: false });
    if (stat === undefined || stat.size !== expected.size) return false;
    if (!thorough && stat.mtimeMs !== expected.mtimeMs) return false;
    if (thorough && (await sha256OfFile(target)) !== expected.sha256) return false;
  }
  return manifest.files.length > 0;
}

export function readManifest(file: string): Manifest | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Manifest;
  } catch {
    return undefined; // never written, or damaged: the wheel is unpacked again
  }
}
