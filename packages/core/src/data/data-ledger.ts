import { listOf, object, oneOf, type Shape, text, whole } from "../files/shapes.ts";

/** Why a file (or a member of a shard) is no image of the set. */
export type LeftOutReason =
  /** its name or its folder's begins with a dot */
  | "hidden"
  /** what systems leave behind: Thumbs.db, @eaDir, __MACOSX */
  | "leftover"
  /** an image of a format that is not decoded: HEIC, SVG */
  | "format"
  /** no image: .txt, .csv */
  | "other"
  /** no bytes */
  | "empty"
  /** a link to nothing */
  | "dangling"
  /** a folder that is listed already, under another name */
  | "loop"
  /** a name that is not UTF-8 */
  | "name"
  /** what the system does not let us read */
  | "unreadable"
  /** a member of a shard that a later one of the same name replaces */
  | "replaced";

/** Files that are left out for one reason. */
export interface LeftOut {
  readonly reason: LeftOutReason;
  /** Their extension, in small letters with the dot: ".heic"; "" where they have none. */
  readonly extension: string;
  readonly count: number;
  /** Names of at most three of them, within the set. */
  readonly examples: readonly string[];
}

/**
 * The account of a data source, in files or members of shards. Each is counted once:
 * `found = images + labels + Σ leftOut.count`.
 */
export interface DataLedger {
  readonly found: number;
  readonly images: number;
  /** Members of shards that say the class of an image. */
  readonly labels: number;
  /** By reason and extension, the most frequent first. */
  readonly leftOut: readonly LeftOut[];
}

export const leftOutShape: Shape<LeftOut> = object({
  reason: oneOf(
    "hidden",
    "leftover",
    "format",
    "other",
    "empty",
    "dangling",
    "loop",
    "name",
    "unreadable",
    "replaced",
  ),
  extension: text,
  count: whole(1),
  examples: listOf(text),
});

/** A ledger as a run keeps it. */
export const ledgerShape: Shape<DataLedger> = object({
  found: whole(),
  images: whole(),
  labels: whole(),
  leftOut: listOf(leftOutShape),
});

/** Names that are kept of each kind of files left out. */
const EXAMPLES = 3;

/** A ledger in the making: `leaveOut` for each file, `close` at the end. */
export interface OpenLedger {
  readonly leaveOut: (name: string, reason: LeftOutReason, extension?: string) => void;
  /** @param labels members of shards that say the class of an image. */
  readonly close: (images: number, labels?: number) => DataLedger;
}

/**
 * Opens a ledger.
 *
 * @example
 * ```ts
 * const ledger = openLedger();
 * ledger.leaveOut("cat/list.txt", "other", ".txt");
 * ledger.close(2).found; // => 3
 * ```
 */
export function openLedger(): OpenLedger {
  const kinds = new Map<string, LeftOut & { count: number; examples: string[] }>();
  return {
    leaveOut(name, reason, extension = "") {
      const key = `${reason} ${extension}`;
      const kind = kinds.get(key) ?? { reason, extension, count: 0, examples: [] };
      kinds.set(key, kind);
      kind.count++;
      if (kind.examples.length < EXAMPLES) kind.examples.push(name);
    },
    close(images, labels = 0) {
      const leftOut = [...kinds.values()].sort((a, b) => b.count - a.count);
      const found = leftOut.reduce((sum, { count }) => sum + count, images + labels);
      return { found, images, labels, leftOut };
    },
  };
}
