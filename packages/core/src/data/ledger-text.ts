import { onOneLine } from "@tssl/augment-zoo";

import { listed } from "../text/listed.ts";
import { count } from "../text/numbers.ts";
import type { DataLedger, LeftOut, LeftOutReason } from "./data-ledger.ts";

/** Extensions that one reason lists. */
const MOST_KINDS = 6;

/** What one and what several files are that are left out for a reason, where that is not their extension. */
const NOUNS: Readonly<Record<Exclude<LeftOutReason, "format" | "other">, readonly [string, string]>> = {
  hidden: ["hidden file", "hidden files"],
  leftover: ["file that the system left behind", "files that the system left behind"],
  empty: ["empty file", "empty files"],
  dangling: ["missing file", "missing files"],
  loop: ["folder that is listed already", "folders that are listed already"],
  name: ["name that is not UTF-8", "names that are not UTF-8"],
  unreadable: ["file that cannot be read", "files that cannot be read"],
  replaced: ["member that a later one replaces", "members that later ones replace"],
};

/** Why files with such extensions are left out. */
const KINDS = { format: "formats that are not decoded here", other: "no images" } as const;

/**
 * What was left out, by reason, in a phrase.
 *
 * @example
 * ```ts
 * leftOutText([
 *   { reason: "format", extension: ".bmp", count: 8, examples: ["cat/1.bmp"] },
 *   { reason: "empty", extension: ".jpg", count: 1, examples: ["cat/2.jpg"] },
 * ]);
 * // => "8 × .bmp (formats that are not decoded here); 1 empty file (cat/2.jpg)"
 * ```
 */
export function leftOutText(leftOut: DataLedger["leftOut"]): string {
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  return reasons
    .map((reason) => {
      const own = leftOut.filter((each) => each.reason === reason);
      if (reason === "format" || reason === "other") return `${extensionsText(own)} (${KINDS[reason]})`;
      const files = own.reduce((sum, each) => sum + each.count, 0);
      const example = onOneLine(own[0]!.examples[0]!);
      return `${count(files)} ${NOUNS[reason][files === 1 ? 0 : 1]} (${example}${files > 1 ? ", …" : ""})`;
    })
    .join("; ");
}

/** "8 × .bmp and 8 × .ppm" */
function extensionsText(kinds: readonly LeftOut[]): string {
  const shown = kinds
    .slice(0, MOST_KINDS)
    .map(
      ({ extension, count: files }) =>
        `${count(files)} × ${extension === "" ? "no extension" : onOneLine(extension)}`,
    );
  if (kinds.length > MOST_KINDS) shown.push(`${kinds.length - MOST_KINDS} other kinds`);
  return listed(shown);
}
