import fs from "node:fs";
import path from "node:path";

import { makeFolder, requireFreeSpace } from "./cache-folder.ts";
import { downloadWheel } from "./download.ts";
import { type Manifest, isIntact, readManifest, writeManifest } from "./manifest.ts";
import { type Log, startProgress } from "./progress.ts";
import { findPython } from "./python.ts";
import { unpackZip } from "./unpack.ts";
import type { Wheel } from "./wheels.ts";

interface LibraryOptions {
  /** Folder with the layout of Python's site-packages, by which the libraries find each other. */
  readonly folder: string;
  readonly wheels: readonly Wheel[];
}

/**
 * The wheels whose files are missing, damaged or of another version.
 *
 * @param options.verify whether to compare files by hash, and not only by size and time.
 */
export async function missingWheels({
  folder,
  wheels,
  verify,
}: LibraryOptions & { readonly verify: boolean }): Promise<Wheel[]> {
  const missing: Wheel[] = [];
  for (const wheel of wheels) {
    if (!(await isIntact(manifestFile(folder, wheel), folder, wheel, verify))) missing.push(wheel);
  }
  return missing;
}

/**
 * Downloads and unpacks one wheel after another. An interrupted set-up continues with the first missing
 * wheel.
 */
export async function installLibraries({
  folder,
  wheels,
  log,
}: LibraryOptions & { readonly log: Log }): Promise<void> {
  if (wheels.length === 0) return;
  const python = await findPython();
  makeFolder(folder);
  const largestDownload = Math.max(...wheels.map((wheel) => wheel.downloadBytes));
  requireFreeSpace(folder, sum(wheels.map((wheel) => wheel.unpackedBytes)) + largestDownload);

  const downloads = path.join(folder, ".download");
  for (const wheel of wheels) {
    const archive = await downloadWheel(wheel, { python, folder: downloads, log });
    await unpackWheel(wheel, archive, folder, log);
    fs.rmSync(downloads, { recursive: true, force: true });
  }
}

/** Unpacks into a temporary folder, moves the files to their final place, and writes the manifest last. */
async function unpackWheel(wheel: Wheel, archive: string, folder: string, log: Log): Promise<void> {
  const unpacking = path.join(folder, ".unpack");
  fs.rmSync(unpacking, { recursive: true, force: true });
  removeFiles(folder, manifestFile(folder, wheel));

  const progress = startProgress(`Unpacking ${wheel.project}`, wheel.unpackedBytes, log);
  let done = 0;
  const files = await unpackZip(archive, unpacking, {
    wanted: wheel.wanted,
    onBytes: (count) => progress.update((done += count)),
  });
  progress.end();

  for (const { path: name } of files) {
    const target = path.join(folder, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.renameSync(path.join(unpacking, name), target);
  }
  fs.rmSync(unpacking, { recursive: true, force: true });
  const manifest: Manifest = {
    wheel: wheel.file,
    sha256: wheel.sha256,
    wanted: wheel.wanted.source,
    files,
  };
  writeManifest(manifestFile(folder, wheel), manifest);
}

/** Takes away what an earlier version of a wheel left, its manifest first: what it names is not whole then. */
function removeFiles(folder: string, manifest: string): void {
  const files = readManifest(manifest)?.files ?? [];
  fs.rmSync(manifest, { force: true });
  for (const { path: name } of files) fs.rmSync(path.join(folder, name), { force: true });
}

/** The unpacked files of a wheel. */
export const filesOf = (folder: string, wheel: Wheel): string[] =>
  (readManifest(manifestFile(folder, wheel))?.files ?? []).map(({ path: name }) => path.join(folder, name));

const manifestFile = (folder: string, wheel: Wheel): string =>
  path.join(folder, "manifests", `${wheel.project}.json`);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
