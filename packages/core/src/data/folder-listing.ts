import { readdir, stat } from "node:fs/promises";
import path from "node:path";

import { isAFile } from "../messages.ts";
import { isHidden, isImageName } from "./image-set.ts";
import { keptInCache, keepInCache } from "../files/kept-in-cache.ts";

/** What lies under a folder, at any depth, hidden files and folders left out. */
export interface FolderListing {
  /** Paths of the images within the folder, with "/". */
  readonly names: string[];
  /** How many files there are of each other extension. */
  readonly others: ReadonlyMap<string, number>;
}

/** What one folder holds itself. */
interface OneFolder {
  /** Its path within the root; "" for the root. */
  readonly name: string;
  /**
   * When a file in it was last added, removed or renamed; absent where that was so short before it was listed
   * that a later change may have the same time.
   */
  readonly changed?: string;
  readonly folders: readonly string[];
  readonly images: readonly string[];
  readonly others: Readonly<Record<string, number>>;
}

interface KeptListing {
  readonly format: typeof FORMAT;
  readonly folders: readonly OneFolder[];
}

/** Raised when listings of an earlier version would mislead. */
const FORMAT = 1;

/** Where listings are kept in the user's cache. */
const KIND = "folders";

/** Listings of fewer images are made in no time. */
const KEEP_FROM = 10_000;

/** Coarsest timestamp resolution we expect of a file system, in milliseconds. */
const COARSEST_CLOCK = 2000;

/** Folders listed at a time. */
const AT_ONCE = 32;

/**
 * Lists the images under a folder. A large listing is kept in the user's cache, and read again only of
 * folders whose time of change is another since: adding, removing and renaming a file changes that of its
 * folder. So a second start asks for the times of folders, not of files.
 *
 * @param root absolute path.
 * @param options.keepFrom images from which on a listing is kept.
 * @param options.now milliseconds since 1970.
 * @throws what the system says of a folder that cannot be read.
 */
export async function listFolder(
  root: string,
  { keepFrom = KEEP_FROM, now = Date.now }: { readonly keepFrom?: number; readonly now?: () => number } = {},
): Promise<FolderListing> {
  if (!(await stat(root)).isDirectory()) throw isAFile();
  const kept = await keptInCache<KeptListing>(KIND, root);
  const known = new Map(
    kept?.format === FORMAT ? kept.folders.map((folder) => [folder.name, folder] as const) : [],
  );
  const folders: OneFolder[] = [];
  let readAnew = 0;
  for (let level = [""]; level.length > 0;) {
    const next: string[] = [];
    for (let i = 0; i < level.length; i += AT_ONCE) {
      const found = await Promise.all(
        level.slice(i, i + AT_ONCE).map(async (name) => {
          const listed = now();
          const { mtimeNs, ctimeNs, ctimeMs } = await stat(path.join(root, name), { bigint: true });
          const changed = `${mtimeNs} ${ctimeNs}`; // programs that copy folders set the first, no program sets the second
          const before = known.get(name);
          if (before?.changed === changed) return before;
          readAnew++;
          const content = await readOne(path.join(root, name));
          return { name, ...(Number(ctimeMs) < listed - COARSEST_CLOCK ? { changed } : {}), ...content };
        }),
      );
      folders.push(...found);
      next.push(
        ...found.flatMap(({ name, folders: inner }) => inner.map((each) => path.posix.join(name, each))),
      );
    }
    level = next;
  }
  const names = folders.flatMap(({ name, images }) => images.map((image) => path.posix.join(name, image)));
  if (names.length >= keepFrom && (readAnew > 0 || folders.length !== known.size)) {
    await keepInCache<KeptListing>(KIND, root, { format: FORMAT, folders });
  }
  const others = new Map<string, number>();
  for (const folder of folders) {
    for (const [extension, count] of Object.entries(folder.others)) {
      others.set(extension, (others.get(extension) ?? 0) + count);
    }
  }
  return { names, others };
}

async function readOne(folder: string): Promise<Pick<OneFolder, "folders" | "images" | "others">> {
  const [folders, images]: [string[], string[]] = [[], []];
  const others: Record<string, number> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const { name } = entry;
    if (isHidden(name)) continue;
    const extension = path.extname(name).toLowerCase() || "no extension";
    if (entry.isDirectory()) folders.push(name);
    else if (isImageName(name)) images.push(name);
    else others[extension] = (others[extension] ?? 0) + 1;
  }
  return { folders, images, others };
}
