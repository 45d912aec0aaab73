import path from "node:path";

import type { ImageSet } from "../image-set.ts";

/**
 * A shard's name, and the images in it by their places in the set: from `first` up to `end`, which is not in
 * it.
 */
export interface PlannedShard {
  readonly name: string;
  readonly first: number;
  readonly end: number;
}

/** How large shards become: by images, or by bytes. */
export type ShardLimit = { readonly images: number } | { readonly bytes: number };

/**
 * Divides images into shards, in their order: each takes as many as the limit lets it, and at least one.
 *
 * @param sizes bytes that each image takes in a shard, in the set's order.
 * @returns "photos-000.tar", "photos-001.tar", …; four digits from a thousand shards on.
 */
export function planShards(prefix: string, sizes: readonly number[], limit: ShardLimit): PlannedShard[] {
  const ends: number[] = [];
  let [images, bytes] = [0, 0];
  for (const [i, size] of sizes.entries()) {
    const isFull = "images" in limit ? images === limit.images : images > 0 && bytes + size > limit.bytes;
    if (isFull) {
      ends.push(i);
      [images, bytes] = [0, 0];
    }
    images++;
    bytes += size;
  }
  ends.push(sizes.length);
  const digits = Math.max(3, String(ends.length - 1).length);
  return ends.map((end, i) => ({
    name: `${prefix}-${String(i).padStart(digits, "0")}.tar`,
    first: ends[i - 1] ?? 0,
    end,
  }));
}

/** What a config calls these shards: "photos-{000..007}.tar", or the one name. */
export function shardPattern(shards: readonly PlannedShard[]): string {
  const [first, last] = [shards[0]!.name, shards.at(-1)!.name];
  if (first === last) return first;
  const [, prefix, from] = /^(.*-)(\d+)\.tar$/.exec(first)!;
  return `${prefix}{${from}..${/(\d+)\.tar$/.exec(last)![1]!}}.tar`;
}

/**
 * What the members of each image are called, without their extension: the image's own name. Dots, which end a
 * name in WebDataset, become "_", and names that would be the same get a number. A list or a shard may name
 * images by any path: no member has one that leads out of the folder that an archive is unpacked to.
 *
 * @example
 * ```ts
 * memberKeys(["cat/a.jpg", "cat/a.png", "cat/b.v2.jpg"]); // => ["cat/a", "cat/a_2", "cat/b_v2"]
 * ```
 */
export function memberKeys(names: ImageSet["names"]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const { dir, name: stem } = path.posix.parse(name);
    const folders = dir.split("/").filter((folder) => !["", ".", ".."].includes(folder));
    const plain = [...folders, stem.replaceAll(".", "_")].join("/");
    let key = plain;
    for (let n = 2; taken.has(key); n++) key = `${plain}_${n}`;
    taken.add(key);
    return key;
  });
}
