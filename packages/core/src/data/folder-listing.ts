import { realpath, stat } from "node:fs/promises";
import path from "node:path";

import { isAFile } from "../messages/images.ts";
import { type DataLedger, openLedger } from "./data-ledger.ts";
import { keepListing, keptListing, type ListedFolder } from "./kept-listing.ts";
import { type OneFolder, readOneFolder } from "./one-folder.ts";

/** What lies under a folder, at any depth. */
export interface FolderListing {
  /** Paths of the images within the folder, with "/", sorted by code unit. */
  readonly names: readonly string[];
  readonly ledger: DataLedger;
}

/** Listings of fewer images are made in no time. */
const KEEP_FROM = 10_000;

/** Coarsest timestamp resolution we expect of a file system, in milliseconds. */
const COARSEST_CLOCK = 2000;

/** Folders listed at a time. */
const AT_ONCE = 32;

/**
 * Lists the images under a folder. Links to files and folders are followed. A folder is listed once, whatever
 * the number of links to it: under its own path where it lies in the set, else under the link that comes
 * first by name. So loops end, and the order in which the system lists a folder does not matter.
 *
 * A large listing is kept in the user's cache, and read again only of folders whose time of change is another
 * since: adding, removing and renaming a file changes that of its folder. So a second start asks for the
 * times of folders, not of files. A folder in which a file is empty or a link leads nowhere is always read
 * again, because that may change without it. What lies in hidden folders, and in those that systems leave
 * behind, is counted when the folder around them is read.
 *
 * @param root absolute path.
 * @param options.keepFrom images from which on a listing is kept.
 * @param options.now milliseconds since 1970.
 * @throws what the system says of a root that cannot be read; other folders are then left out.
 */
export async function listFolder(
  root: string,
  { keepFrom = KEEP_FROM, now = Date.now }: { readonly keepFrom?: number; readonly now?: () => number } = {},
): Promise<FolderListing> {
  if (!(await stat(root)).isDirectory()) throw isAFile();
  const kept = await keptListing(root);
  const known = new Map(kept?.map((folder) => [folder.name, folder] as const));
  const { folders, ledger, readAnew } = await walk(root, known, now);
  const names = folders.flatMap(({ name, images }) =>
    name === "" ? images : images.map((image) => `${name}/${image}`),
  );
  if (!isSorted(names)) names.sort(); // by code unit: the same on every machine, whatever its language
  if (names.length >= keepFrom && (readAnew > 0 || folders.length !== known.size)) {
    await keepListing(root, folders);
  }
  return { names, ledger: ledger.close(names.length) };
}

/** Goes through the folders of a set: those that lie in it, then what links lead to, round by round. */
async function walk(root: string, known: ReadonlyMap<string, ListedFolder>, now: () => number) {
  const folders: ListedFolder[] = [];
  const ledger = openLedger();
  const visited = new Set<string>();
  let readAnew = 0;
  let links: string[] = [];

  async function list(name: string): Promise<ListedFolder> {
    const folder = path.join(root, name);
    const listed = now();
    const { mtimeNs, ctimeNs, ctimeMs, ino } = await stat(folder, { bigint: true });
    // Programs that copy folders set the first time, no program sets the second; a link may lead elsewhere.
    const changed = `${mtimeNs} ${ctimeNs} ${ino}`;
    const before = known.get(name);
    if (before?.changed === changed) return before;
    readAnew++;
    const content = await readOneFolder(folder, name);
    const lasts = Number(ctimeMs) < listed - COARSEST_CLOCK && !mayChangeUnseen(content);
    return { name, ...(lasts ? { changed } : {}), ...content };
  }

  /** The folders below this one, without links. @param real path of the first one, see `realPath`. */
  async function listTree(first: string, real: string): Promise<void> {
    let level = [{ name: first, real }];
    while (level.length > 0) {
      const next: typeof level = [];
      for (let i = 0; i < level.length; i += AT_ONCE) {
        const some = level.slice(i, i + AT_ONCE).filter((each) => {
          const isNew = !visited.has(each.real);
          if (isNew) visited.add(each.real);
          else ledger.leaveOut(each.name, "loop");
          return isNew;
        });
        const found = await Promise.all(
          some.map(({ name }) =>
            list(name).catch((error: unknown) => (name === "" ? Promise.reject(error as Error) : name)),
          ),
        );
        for (const [j, folder] of found.entries()) {
          if (typeof folder === "string") {
            ledger.leaveOut(folder, "unreadable");
            continue;
          }
          folders.push(folder);
          links.push(...folder.links.map((link) => within(folder.name, link)));
          next.push(
            ...folder.folders.map((inner) => ({
              name: within(folder.name, inner),
              real: path.join(some[j]!.real, Buffer.from(inner).toString("latin1")),
            })),
          );
        }
      }
      level = next;
    }
  }

  await listTree("", await realPath(root));
  while (links.length > 0) {
    const round = links.sort();
    links = [];
    for (const link of round) {
      const real = await realPath(path.join(root, link)).catch(() => undefined);
      if (real === undefined) ledger.leaveOut(link, "dangling");
      else await listTree(link, real);
    }
  }

  folders.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { leftOut } of folders) {
    for (const { reason, extension, count, examples } of leftOut) {
      // Beyond its examples a folder's names are not known, and not asked for.
      for (let i = 0; i < count; i++) ledger.leaveOut(examples[i] ?? "", reason, extension);
    }
  }
  return { folders, ledger, readAnew };
}

/** The path of a folder without links, byte by byte in Latin-1: it need not be UTF-8. */
const realPath = async (folder: string): Promise<string> =>
  (await realpath(folder, { encoding: "buffer" })).toString("latin1");

const within = (folder: string, inner: string): string => (folder === "" ? inner : `${folder}/${inner}`);

/** Whether an entry may become an image, or cease to be left out, while its folder's times stay. */
const mayChangeUnseen = ({ leftOut }: OneFolder): boolean =>
  leftOut.some(({ reason }) => reason === "empty" || reason === "dangling" || reason === "unreadable");

function isSorted(names: readonly string[]): boolean {
  for (let i = 1; i < names.length; i++) if (names[i - 1]! > names[i]!) return false;
  return true;
}
