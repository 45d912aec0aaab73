import { copyFile, link, lstat, mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";

import { isMissing } from "../files/is-missing.ts";

/**
 * The files of a run as they were before it was reopened. A session that takes no step puts them back, so
 * that a resume that fails at once changes nothing.
 */
export interface KeptAside {
  /** Deletes them: from now on what the session has written counts. */
  drop(): Promise<void>;
  /** Puts them back. @returns false where there is nothing to put back. */
  restore(): Promise<boolean>;
}

/** What a session writes. Other files in the folder, such as results of `tssl evaluate`, stay. */
const CONTENTS = [
  "config.yaml",
  "images.json",
  "run.json",
  "outcome.json",
  "failed-step.json",
  "metrics.jsonl",
  "report.html",
  "checkpoints",
  "features",
  "code",
];

/** Where the files are kept. It exists only while it is whole. */
export const keptAsideIn = (runFolder: string): string => path.join(runFolder, "before-resume");

/** What is being made, or deleted. */
const passing = (runFolder: string): string => `${keptAsideIn(runFolder)}.tmp`;

/** For a new run, which has nothing to keep. */
export const NOTHING_ASIDE: KeptAside = {
  drop: () => Promise.resolve(),
  restore: () => Promise.resolve(false),
};

/**
 * Keeps the files of a run aside, as links: a session replaces files and never writes into those that it
 * found. What an earlier session kept and did not drop, because it was killed, is put back first.
 *
 * @param onDrop called before they are deleted.
 */
export async function keepAside(runFolder: string, onDrop: () => Promise<void>): Promise<KeptAside> {
  await putBack(runFolder);
  await rm(passing(runFolder), { recursive: true, force: true });
  await mkdir(passing(runFolder));
  for (const name of CONTENTS) {
    await linkAll(path.join(runFolder, name), path.join(passing(runFolder), name));
  }
  await rename(passing(runFolder), keptAsideIn(runFolder));
  let kept = true;
  return {
    async drop() {
      if (!kept) return;
      kept = false;
      await onDrop();
      await deleteKept(runFolder);
    },
    async restore() {
      const restored = kept && (await putBack(runFolder));
      kept = false;
      return restored;
    },
  };
}

/** Puts back what is kept aside, if there is something. May be repeated where it was cut short. */
async function putBack(runFolder: string): Promise<boolean> {
  const aside = keptAsideIn(runFolder);
  if (!(await exists(aside))) return false;
  for (const name of CONTENTS) {
    await rm(path.join(runFolder, name), { recursive: true, force: true });
    await linkAll(path.join(aside, name), path.join(runFolder, name));
  }
  await deleteKept(runFolder);
  return true;
}

/** It vanishes as a whole, then its parts. */
async function deleteKept(runFolder: string): Promise<void> {
  await rm(passing(runFolder), { recursive: true, force: true });
  await rename(keptAsideIn(runFolder), passing(runFolder));
  await rm(passing(runFolder), { recursive: true, force: true });
}

/** What the system does not tell of is not taken for missing: it would be deleted, and not put back. */
const exists = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    (error: unknown) => {
      if (!isMissing(error)) throw error;
      return false;
    },
  );

/** Links a file, or all files of a folder; copies them where the file system has no links. */
async function linkAll(from: string, to: string): Promise<void> {
  if (!(await exists(from))) return;
  if (!(await lstat(from)).isDirectory()) {
    await link(from, to).catch(() => copyFile(from, to));
    return;
  }
  await mkdir(to);
  for (const name of await readdir(from)) await linkAll(path.join(from, name), path.join(to, name));
}
