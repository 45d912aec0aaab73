import path from "node:path";

import { withoutSecrets } from "@tssl/augment-zoo";

import type { TsslError } from "../../errors.ts";
import { memberNotAFile, memberTooLarge, notAClass } from "../../messages/shards.ts";
import { type LeftOut, openLedger } from "../data-ledger.ts";
import { isArrayName } from "../image-set.ts";
import { extensionOf, leftOutByName } from "../left-out-by-name.ts";
import {
  classIn,
  classInJson,
  type ClassValue,
  LABEL_SOURCES,
  labelName,
  type LabelMember,
  type LabelSource,
  type SaidLabel,
} from "./label-member.ts";
import { joinSamples, type Sample } from "./samples.ts";
import { type TarMember, tarMembers } from "./tar-members.ts";

/** What a shard holds: four lists of the same length, in the order of the images' members, and the rest. */
export interface ShardIndex {
  readonly names: readonly string[];
  /** Where in the shard each image begins, in bytes. */
  readonly offsets: readonly number[];
  readonly sizes: readonly number[];
  /** The class of each image by each kind of members; absent where no image has such a member. */
  readonly labels: Readonly<Partial<Record<LabelSource, ShardLabels>>>;
  readonly leftOut: readonly LeftOut[];
  /** Labels in members of their own (.cls) that belong to no image. */
  readonly unclaimed: { readonly count: number; readonly example?: string };
  /** Where the shard ends without tar's end mark: its size in bytes. */
  readonly noEnd?: number;
}

export interface ShardLabels {
  /** Null where an image has no such member, or one that says no class. */
  readonly values: readonly (ClassValue | null)[];
  /** Number of members. */
  readonly members: number;
  /** Names of at most three of them. */
  readonly examples: readonly string[];
}

/** Longest label member that is read, in bytes. */
const LONGEST_LABEL = 2 ** 20;

/** Largest image, in bytes: beyond the size of any that can be decoded. */
const LARGEST_IMAGE = 2 ** 29;

/** What is no file by itself. */
const NO_FILES: readonly TarMember["type"][] = ["Directory", "DirectoryListing", "VolumeName"];

type Found =
  | { readonly kind: "image" | "array"; readonly offset: number; readonly size: number }
  | { readonly kind: "label"; readonly label: LabelMember }
  | { readonly kind: "left out"; readonly reason: LeftOut["reason"] }
  | { readonly kind: "refused"; readonly error: TsslError };

/**
 * Goes through a shard, and joins its members to samples (see `joinSamples`). Where members have the same
 * name, the last one counts, as where tar unpacks them.
 *
 * Arrays of NumPy (.npy) are images where a shard holds no others; beside images they are fields of samples.
 *
 * Classes are said by members beside the images: `.cls` and `.cls.txt` (a number or a name), `.json` (see
 * `classInJson`), `.txt` (a number or a name).
 *
 * @param source absolute path, or address.
 * @throws {TsslError} INVALID_DATA naming the shard and the member, if the archive is not whole, an image is
 * a link, a label is neither a number nor a name, or a sample has two images or two classes.
 */
export async function indexShard(source: string): Promise<ShardIndex> {
  const shard = withoutSecrets(source);
  const found = new Map<string, Found>();
  const ledger = openLedger();
  let noEnd: number | undefined;
  for await (const member of tarMembers(source, (end) => (noEnd = end))) {
    if (NO_FILES.includes(member.type)) continue;
    const name = path.posix.normalize(member.name).replace(/^(\.\.\/|\/)+/, "");
    if (found.delete(name)) ledger.leaveOut(name, "replaced", extensionOf(name));
    found.set(name, await lookAt(shard, name, member));
  }
  for (const each of found.values()) {
    if (each.kind === "refused") throw each.error; // only now: a later member of its name could have replaced it
  }
  const labels = [...found.values()].flatMap((each) => (each.kind === "label" ? [each.label] : []));
  const namesOf = (wanted: Found["kind"]) =>
    [...found].flatMap(([name, { kind }]) => (kind === wanted ? [name] : []));
  const [ofImages, ofArrays] = [namesOf("image"), namesOf("array")];
  const [images, besides] = ofImages.length > 0 ? [ofImages, ofArrays] : [ofArrays, []];
  const { samples, fields, unclaimed } = joinSamples(shard, images, labels);

  for (const [name, each] of found) {
    if (each.kind === "left out") ledger.leaveOut(name, each.reason, extensionOf(name));
  }
  for (const name of besides) ledger.leaveOut(name, "other", extensionOf(name));
  for (const { name, extension } of fields) ledger.leaveOut(name, "other", extension);
  for (const { name } of unclaimed) ledger.leaveOut(name, "other", extensionOf(name));
  const own = unclaimed.filter(({ source }) => source === "cls").map(({ name }) => name);
  const places = samples.map(({ image }) => found.get(image) as Found & { kind: "image" | "array" });
  return {
    names: samples.map(({ image }) => image),
    offsets: places.map(({ offset }) => offset),
    sizes: places.map(({ size }) => size),
    labels: Object.fromEntries(LABEL_SOURCES.flatMap((kind) => labelsOf(samples, kind))),
    leftOut: ledger.close(0).leftOut,
    unclaimed: { count: own.length, ...(own[0] === undefined ? {} : { example: own[0] }) },
    ...(noEnd === undefined ? {} : { noEnd }),
  };
}

async function lookAt(shard: string, name: string, { type, offset, size, read }: TarMember): Promise<Found> {
  const reason = leftOutByName(name);
  const label = reason === "other" ? labelName(name) : undefined;
  const kind = reason === undefined ? "image" : "array";
  const isImage = reason === undefined || (reason === "other" && type === "File" && isArrayName(name));
  if (type !== "File" && (reason === undefined || label?.source === "cls")) {
    return { kind: "refused", error: memberNotAFile(shard, name, type) };
  }
  if (isImage) {
    if (size > LARGEST_IMAGE) return { kind: "refused", error: memberTooLarge(shard, name, size) };
    return size === 0 ? { kind: "left out", reason: "empty" } : { kind, offset, size };
  }
  if (label === undefined || type !== "File") return { kind: "left out", reason };
  const said = labelIn(label.source, size > LONGEST_LABEL ? undefined : (await read()).toString());
  if (said === undefined) return { kind: "left out", reason };
  if ("wrong" in said) return { kind: "refused", error: notAClass(shard, name, said.wrong) };
  return { kind: "label", label: { name, ...label, ...said } };
}

/** @param text undefined where it is too long to read. */
function labelIn(source: LabelSource, text: string | undefined): SaidLabel {
  if (source === "json") return text === undefined ? undefined : classInJson(text);
  const value = text === undefined ? undefined : classIn(text);
  if (value === undefined && source === "cls") return { wrong: text ?? "" };
  return { value: value ?? null };
}

function labelsOf(
  samples: readonly Sample[],
  kind: LabelSource,
): readonly (readonly [LabelSource, ShardLabels])[] {
  const own = samples.map(({ labels }) => labels.find(({ source }) => source === kind));
  const members = own.flatMap((label) => label?.name ?? []);
  if (members.length === 0) return [];
  const values = own.map((label) => label?.value ?? null);
  return [[kind, { values, members: members.length, examples: members.slice(0, 3) }]];
}
