import fs from "node:fs";
import path from "node:path";

/** What lets another user of this machine change a file or folder. */
export type WhyChangeable =
  { readonly path: string; readonly mode: string } | { readonly path: string; readonly owner: number };

const [GROUP_WRITES, OTHERS_WRITE, STICKY] = [0o020, 0o002, 0o1000];

/**
 * The first of some files, or of the folders above them, that another user could change, and with it the code
 * that this process is about to load. A group of the owner's own, with the owner's number, is nobody else.
 *
 * @param files paths; links in them are followed.
 * @param folders how many folders above each file are looked at.
 * @param trusted numbers of users who may own them, besides root and the user of this process.
 * @returns undefined where there is none, or the system has no such users.
 */
export function changeableByOthers(
  files: readonly string[],
  folders: number,
  trusted: readonly number[] = [],
): WhyChangeable | undefined {
  const own = process.getuid?.();
  if (own === undefined) return undefined;
  const owners = new Set([0, own, ...trusted]);
  for (const each of new Set(files.flatMap((file) => withFolders(fs.realpathSync(file), folders)))) {
    const { mode, uid, gid } = fs.statSync(each);
    if (!owners.has(uid)) return { path: each, owner: uid };
    const writers = OTHERS_WRITE | (gid === uid ? 0 : GROUP_WRITES);
    // In a sticky folder, such as /tmp, others may make files of their own, and change no other's.
    if ((mode & writers) !== 0 && (mode & STICKY) === 0) {
      return { path: each, mode: (mode & 0o7777).toString(8) };
    }
  }
  return undefined;
}

/** A path and some of the folders above it. */
function withFolders(file: string, folders: number): string[] {
  const above = path.dirname(file);
  return folders === 0 || above === file ? [file] : [file, ...withFolders(above, folders - 1)];
}
