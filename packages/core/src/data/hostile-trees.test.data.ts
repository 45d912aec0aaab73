/**
 * Random data sets as people have them, with a plain model of what must be read: trees of folders, links,
 * names and formats. Another kind of source joins by writing the same trees in its own way (a tar archive of
 * `writeTree`'s folder, say) and holding what it reads to `modelOf`.
 */

import { mkdir, symlink, writeFile } from "node:fs/promises";

import fc from "fast-check";

import type { LeftOutReason } from "./data-ledger.ts";

/** A name as bytes (Latin-1), as it is shown, and what it says of a file or folder by itself. */
interface Name {
  readonly bytes: string;
  readonly shown: string;
  readonly verdict: LeftOutReason | "image" | "folder";
}

interface File {
  readonly kind: "file";
  readonly name: Name;
  readonly content: string;
}
export interface Folder {
  readonly kind: "folder";
  readonly name: Name;
  readonly inside: readonly Node[];
}
interface Link {
  readonly kind: "link";
  readonly name: Name;
  /** Chooses among all files and folders of both trees, nothing, and the link itself. */
  readonly pick: number;
}
type Node = File | Folder | Link;

/** A data set, and what lies beside it and can be linked to. */
export interface HostileTree {
  readonly set: Folder;
  readonly away: Folder;
}

const named = (verdict: Name["verdict"], ...names: string[]): Name[] =>
  names.map((shown) => ({ bytes: Buffer.from(shown).toString("latin1"), shown, verdict }));

/** What each of these names is was decided by hand. */
const FILES: readonly Name[] = [
  ...named("image", "1.jpg", "2.JPG", "3.jpeg", "4.png", "5.webp", "6.gif", "7.TIF", "8.tiff", "9.avif"),
  ...named(
    "image",
    "a.jpe",
    "b.jfif",
    "x.txt.png",
    "it's 🐈.jpg",
    "line\nbreak.png",
    "back\\slash.gif",
    "#?%.jpg",
  ),
  ...named("format", "1.bmp", "2.heic", "3.ppm", "4.svg"),
  ...named("other", "notes.txt", "LICENSE", "jpg", "1.jpg.part", "labels.csv", "end."),
  ...named("hidden", ".DS_Store", "._1.jpg", ".jpg"),
  ...named("leftover", "Thumbs.db", "desktop.ini", "Icon\r"),
  { bytes: "caf\xe9.jpg", shown: "caf\\xe9.jpg", verdict: "name" },
  { bytes: "\xff\xfe.png", shown: "\\xff\\xfe.png", verdict: "name" },
];

const FOLDERS: readonly Name[] = [
  ...named("folder", "cat", "dog", "k\u00f6ter", "ko\u0308ter", "train", "d.jpg", "my ph\u00f6tos", "0"),
  ...named("hidden", ".git", ".ipynb_checkpoints"),
  ...named("leftover", "@eaDir", "#recycle", "lost+found", "__MACOSX", "System Volume Information"),
  { bytes: "k\xf6ter", shown: "k\\xf6ter", verdict: "name" },
];

const ROOT = { bytes: "", shown: "", verdict: "folder" } as const;

const file = fc.record({
  kind: fc.constant("file" as const),
  name: fc.constantFrom(...FILES),
  content: fc.constantFrom("bytes", "bytes", "bytes", ""),
});
const link = fc.record({
  kind: fc.constant("link" as const),
  name: fc.constantFrom(...FOLDERS, ...FILES),
  pick: fc.nat(),
});
const inside = (depth: number): fc.Arbitrary<Node[]> =>
  fc.uniqueArray(
    depth === 0
      ? fc.oneof<fc.Arbitrary<Node>[]>(file, link)
      : fc.oneof<fc.Arbitrary<Node>[]>({ weight: 3, arbitrary: file } as never, link, folder(depth - 1)),
    { selector: ({ name }) => name.bytes, maxLength: 7 },
  );
const folder = (depth: number): fc.Arbitrary<Folder> =>
  fc.record({
    kind: fc.constant("folder" as const),
    name: fc.constantFrom(...FOLDERS),
    inside: inside(depth),
  });

export const hostileTrees: fc.Arbitrary<HostileTree> = fc
  .record({ set: inside(3), away: inside(2) })
  .map((both) => ({
    set: { kind: "folder", name: ROOT, inside: both.set },
    away: { kind: "folder", name: ROOT, inside: both.away },
  }));

/** Every file and folder of both trees with its path as bytes: what links can lead to. */
function targetsOf({
  set,
  away,
}: HostileTree): readonly { readonly node: File | Folder; readonly path: string }[] {
  const below = (node: File | Folder, path: string): { node: File | Folder; path: string }[] => [
    { node, path },
    ...(node.kind === "file"
      ? []
      : node.inside.flatMap((each) =>
          each.kind === "link" ? [] : below(each, `${path}/${each.name.bytes}`),
        )),
  ];
  return [...below(set, "set"), ...below(away, "away")];
}

/**
 * Where a link leads: half of them to a folder beside the set, so that many meet; or to anything, or nothing.
 */
function targetOf(tree: HostileTree, { pick }: Link) {
  const all = targetsOf(tree);
  const away = all.filter(({ node, path }) => node.kind === "folder" && path.startsWith("away"));
  const choice = Math.floor(pick / 2);
  if (pick % 2 === 0) return away[choice % away.length]!;
  return all[choice % (all.length + 2)] ?? (choice % (all.length + 2) === all.length ? "nothing" : "itself");
}

/** Writes both trees into a folder: "set" and "away". */
export async function writeTree(tree: HostileTree, into: string): Promise<void> {
  const at = (path: string) => Buffer.concat([Buffer.from(`${into}/`), Buffer.from(path, "latin1")]);
  const write = async (node: Node, path: string): Promise<void> => {
    if (node.kind === "file") return writeFile(at(path), node.content);
    if (node.kind === "link") {
      const target = targetOf(tree, node);
      return symlink(
        at(target === "nothing" ? "nowhere" : target === "itself" ? path : target.path),
        at(path),
      );
    }
    await mkdir(at(path));
    for (const each of node.inside) await write(each, `${path}/${each.name.bytes}`);
  };
  await write(tree.set, "set");
  await write(tree.away, "away");
}

/** What must be read of a set. */
export interface Model {
  /** Names of the images, sorted. */
  readonly images: readonly string[];
  /** Name and reason of every other file. */
  readonly leftOut: readonly (readonly [name: string, reason: LeftOutReason])[];
  /** The class of each image; absent where there are none. */
  readonly labels?: readonly string[];
}

/** The set by its rules, in plain words: each folder once, its own path before any link to it. */
export function modelOf(tree: HostileTree): Model {
  const images: string[] = [];
  const leftOut: [string, LeftOutReason][] = [];
  const listed = new Set<Folder>();
  let links: { name: string; target: Folder }[] = [{ name: "", target: tree.set }];
  const within = (folder: string, inner: string) => (folder === "" ? inner : `${folder}/${inner}`);

  const all = ({ inside }: Folder, name: string, reason: LeftOutReason): void => {
    for (const node of inside) {
      if (node.kind === "folder") all(node, within(name, node.name.shown), reason);
      else leftOut.push([within(name, node.name.shown), reason]);
    }
  };
  const judge = ({ content, verdict }: { content: string; verdict: Name["verdict"] }, name: string): void => {
    if (verdict === "image" && content !== "") images.push(name);
    else leftOut.push([name, verdict === "image" ? "empty" : verdict === "folder" ? "other" : verdict]);
  };
  const visit = (folder: Folder, name: string): void => {
    if (listed.has(folder)) return void leftOut.push([name, "loop"]);
    listed.add(folder);
    for (const node of folder.inside) {
      const inner = within(name, node.name.shown);
      const { verdict } = node.name;
      if (verdict === "hidden" || verdict === "leftover" || verdict === "name") {
        if (node.kind === "folder") all(node, inner, verdict);
        else leftOut.push([inner, verdict]);
      } else if (node.kind === "folder") {
        visit(node, inner);
      } else if (node.kind === "file") {
        judge({ content: node.content, verdict }, inner);
      } else {
        const target = targetOf(tree, node);
        if (typeof target === "string") leftOut.push([inner, "dangling"]);
        else if (target.node.kind === "folder") links.push({ name: inner, target: target.node });
        else judge({ content: target.node.content, verdict: ofLink(node.name) }, inner);
      }
    }
  };
  while (links.length > 0) {
    const round = links.sort((a, b) => (a.name < b.name ? -1 : 1));
    links = [];
    for (const { name, target } of round) visit(target, name);
  }

  images.sort();
  const classOf = (name: string) => name.split("/")[0]!.normalize("NFC");
  const isLabelled = images.every((name) => name.includes("/")) && new Set(images.map(classOf)).size > 1;
  return { images, leftOut, ...(isLabelled ? { labels: images.map(classOf) } : {}) };
}

/** A link to a file may have the name of a folder: it is an image if that ends like one. */
const ofLink = ({ shown, verdict }: Name): Name["verdict"] =>
  verdict === "folder" && shown.endsWith(".jpg") ? "image" : verdict;
