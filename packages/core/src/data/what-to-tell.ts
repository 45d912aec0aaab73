import * as messages from "../messages/notices.ts";
import type { ImageSet } from "./image-set.ts";

/** What a user should know of a set of images: what was left out, and classes that were joined. */
export function notesOn(set: ImageSet): readonly string[] {
  const { root, ledger } = set;
  const joined = joinedNote(set);
  return [
    ...(ledger.leftOut.length === 0 ? [] : [messages.filesLeftOut(root, ledger)]),
    ...(joined === undefined ? [] : [joined]),
  ];
}

/** A notice of classes that stand under two spellings; undefined where there are none. */
export const joinedNote = ({ root, joinedClasses }: ImageSet): string | undefined =>
  joinedClasses === undefined ? undefined : messages.classesJoined(root, joinedClasses);

/** Why a set has no classes, so that kNN accuracy cannot be measured on it. */
export function whyNoClasses({ root, names, files }: Pick<ImageSet, "root" | "names" | "files">): string {
  if (typeof files[0] !== "string") return messages.noKnnWithoutClasses(root); // shards have other labels too
  const strays = names.filter((name) => !name.includes("/"));
  if (strays.length === names.length) return messages.noKnnWithoutClassFolders(root);
  if (strays.length > 0) return messages.noKnnBecauseOfStrays(strays, names.length);
  return messages.noKnnWithOneClass(root, names[0]!.split("/", 1)[0]!);
}

/** Names that people give to parts of a data set. */
const SPLIT = /^(train(ing)?|val(id(ation)?)?|test(ing)?|eval|dev)$/i;

/** A notice for a set whose classes are named like parts of a data set; undefined for any other. */
export function splitsNotice({
  root,
  classes,
  files,
}: Pick<ImageSet, "root" | "classes" | "files">): string | undefined {
  const areSplits = classes.length >= 2 && classes.every((name) => SPLIT.test(name));
  const hasBoth =
    classes.some((name) => /^train/i.test(name)) && classes.some((name) => !/^train/i.test(name));
  if (typeof files[0] !== "string" || !areSplits || !hasBoth) return undefined;
  return messages.splitsAreClasses(root, classes);
}
