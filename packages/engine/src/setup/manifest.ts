import fs from "node:fs";
import path from "node:path";

import { sha256Of } from "./sha256.ts";

export interface UnpackedFile {
  /** Below the library folder, as it stands in the wheel. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly sha256: string;
}

/** What was unpacked of one wheel. Written last, so a wheel that has one is unpacked in full. */
export interface Manifest {
  readonly wheel: string;
  readonly sha256: string;
  readonly files: readonly UnpackedFile[];
}

export function writeManifest(file: string, manifest: Manifest): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(`${file}.new`, JSON.stringify(manifest, undefined, 1));
  fs.renameSync(`${file}.new`, file);
}

/**
 * Whether everything that the manifest in `file` names still lies under `folder`, unchanged.
 *
 * @param thorough reads every file and compares its sha256; else size and time of change must do.
 */
export async function isIntact(
  file: string,
  folder: string,
  sha256: string,
  thorough: boolean,
): Promise<boolean> {
  const manifest = readManifest(file);
  if (manifest === undefined || manifest.sha256 !== sha256) return false;
  for (const expected of manifest.files) {
    const target = path.join(folder, expected.path);
    const stat = fs.statSync(target, { throwIfNoEntry: false });
    if (stat === undefined || stat.size !== expected.size) return false;
    if (!thorough && stat.mtimeMs !== expected.mtimeMs) return false;
    if (thorough && (await sha256Of(target)) !== expected.sha256) return false;
  }
  return manifest.files.length > 0;
}

function readManifest(file: string): Manifest | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Manifest;
  } catch {
    return undefined; // never written, or damaged: the wheel is unpacked again
  }
}
