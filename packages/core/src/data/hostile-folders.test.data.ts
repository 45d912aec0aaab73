import path from "node:path";

import fc from "fast-check";
import { expect } from "vitest";

import { TsslError } from "../errors.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import type { LeftOut, LeftOutReason } from "./data-ledger.ts";
import { listFolder } from "./folder-listing.ts";
import { hostileTrees, type HostileTree, modelOf, writeTree } from "./hostile-trees.test.data.ts";
import { readImageFolder } from "./image-folder.ts";

/** Reads random trees as folders, first and from the kept listing, and holds both to the model. */
export async function holdFoldersToModel(trees: number): Promise<void> {
  const cache = await temporaryFolder();
  const before = process.env["TSSL_CACHE"];
  process.env["TSSL_CACHE"] = cache.path;
  try {
    await fc.assert(fc.asyncProperty(hostileTrees, holdFolder), { numRuns: trees });
  } finally {
    if (before === undefined) delete process.env["TSSL_CACHE"];
    else process.env["TSSL_CACHE"] = before;
    await cache.remove();
  }
}

async function holdFolder(tree: HostileTree): Promise<void> {
  const folder = await temporaryFolder();
  try {
    await writeTree(tree, folder.path);
    const root = path.join(folder.path, "set");
    const model = modelOf(tree);
    const later = () => Date.now() + 10_000;
    const made = await listFolder(root, { keepFrom: 1, now: later });
    const kept = await listFolder(root, { keepFrom: 1, now: later });
    for (const { names, ledger } of [made, kept]) {
      expect(names).toEqual(model.images);
      expect(ledger.found).toBe(model.images.length + model.leftOut.length);
      expect(ledger.images).toBe(model.images.length);
      expect(byReason(ledger.leftOut)).toEqual(countsOf(model.leftOut));
      for (const { reason, examples } of ledger.leftOut) {
        for (const example of examples) expect(model.leftOut).toContainEqual([example, reason]);
      }
    }
    const set = await readImageFolder(root).catch((error: unknown) => error);
    if (model.images.length === 0) {
      expect(set).toBeInstanceOf(TsslError);
      return;
    }
    const { labels, classes } = set as Awaited<ReturnType<typeof readImageFolder>>;
    expect(labels && [...labels].map((label) => classes[label])).toEqual(model.labels);
  } finally {
    await folder.remove();
  }
}

function byReason(leftOut: readonly LeftOut[]): Partial<Record<LeftOutReason, number>> {
  const counts: Partial<Record<LeftOutReason, number>> = {};
  for (const { reason, count } of leftOut) counts[reason] = (counts[reason] ?? 0) + count;
  return counts;
}

const countsOf = (leftOut: readonly (readonly [string, LeftOutReason])[]) =>
  byReason(leftOut.map(([, reason]) => ({ reason, extension: "", count: 1, examples: [] })));
