import type { DataLedger, LeftOut } from "../data-ledger.ts";

/** Names that are kept of each kind of members left out. */
const EXAMPLES = 3;

/**
 * One account of several shards.
 *
 * @param leftOut of each shard, one after another.
 */
export function joinedLedger(images: number, labels: number, leftOut: readonly LeftOut[]): DataLedger {
  const kinds = new Map<string, LeftOut>();
  for (const each of leftOut) {
    const kind = `${each.reason} ${each.extension}`;
    const before = kinds.get(kind) ?? { ...each, count: 0, examples: [] };
    kinds.set(kind, {
      ...each,
      count: before.count + each.count,
      examples: [...before.examples, ...each.examples].slice(0, EXAMPLES),
    });
  }
  const sorted = [...kinds.values()].sort((a, b) => b.count - a.count);
  const found = sorted.reduce((sum, { count }) => sum + count, images + labels);
  return { found, images, labels, leftOut: sorted };
}
