import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { extract, list } from "tar";

/** The files of an archive, each with its size in bytes. */
type Contents = ReadonlyMap<string, number>;

/**
 * Unpacks tar.gz archives into `folder`, unless every file in them is there already with its size.
 *
 * Two processes may do so at once, and one may read while another repairs: a new folder appears whole by one
 * rename, and a folder that lost files gets them back one rename each, so nobody ever sees half a file.
 */
export async function unpackOnce(archives: readonly string[], folder: string): Promise<void> {
  const contents = await readContents(archives);
  if ((await missingFiles(contents, folder)).length === 0) return;

  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}.unpacking-`);
  try {
    // Synchronous: the asynchronous form reports a full disk while its other writes still go on, and is
    // slower.
    for (const file of archives) extract({ file, cwd: fresh, strict: true, sync: true });
    if (!existsSync(folder) && (await renamedUnlessTaken(fresh, folder))) return;
    for (const name of await missingFiles(contents, folder)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await rename(join(fresh, name), join(folder, name));
    }
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function readContents(archives: readonly string[]): Promise<Contents> {
  const contents = new Map<string, number>();
  for (const file of archives) {
    await list({
      file,
      strict: true,
      onReadEntry: (entry) => {
        if (entry.type === "File") contents.set(entry.path, entry.size);
      },
    });
  }
  return contents;
}

async function missingFiles(contents: Contents, folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [...contents.keys()];
  const missing: string[] = [];
  for (const [name, size] of contents) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.size !== size) missing.push(name);
  }
  return missing;
}

/** False when another process put its folder there first. */
async function renamedUnlessTaken(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (existsSync(to)) return false;
    throw error;
  }
}
