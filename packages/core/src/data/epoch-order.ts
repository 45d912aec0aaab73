import { type ImageFile, type Random, randomStream } from "@tssl/augment-zoo";

/** All places of a data set in the order in which an epoch goes through them. */
export type EpochOrder = (epoch: number) => Int32Array;

export interface EpochOrderOptions {
  readonly seed: number;
  /**
   * Images that wait to be drawn where shards are read one after another; null: the order is shuffled over
   * the whole set.
   */
  readonly shuffleBuffer: number | null;
}

/**
 * Each image once an epoch, in an order that depends on the files, the seed and the epoch alone, so a resumed
 * run goes on where it stood.
 *
 * With a `shuffleBuffer` as WebDataset reads: shards in random order, the images of each as they lie in it,
 * through a buffer of so many images, out of which the next is drawn and whose place the one that follows
 * takes. Files that are no part of a shard are one shard.
 *
 * @example
 * ```ts
 * epochOrder(["a.png", "b.png", "c.png"], { seed: 1, shuffleBuffer: null })(0); // => [0, 2, 1]
 * ```
 */
export function epochOrder(
  files: readonly ImageFile[],
  { seed, shuffleBuffer }: EpochOrderOptions,
): EpochOrder {
  if (shuffleBuffer === null) return shuffledOrder(files.length, seed);
  const shards = placesByShard(files);
  return (epoch) => {
    const random = randomStream(seed, "order by shards", epoch);
    const shardOrder = random.permutation(shards.length);
    return throughBuffer(
      Array.from(shardOrder).flatMap((shard) => shards[shard]!),
      shuffleBuffer,
      random,
    );
  };
}

/** An order shuffled over all of `count` places. */
export const shuffledOrder =
  (count: number, seed: number): EpochOrder =>
  (epoch) =>
    randomStream(seed, "order", epoch).permutation(count);

/** Cuts an epoch's order into batches; images that do not fill a batch wait for another epoch. */
export const inBatches = (order: Int32Array, batchSize: number): readonly (readonly number[])[] =>
  Array.from({ length: Math.floor(order.length / batchSize) }, (_, i) =>
    Array.from(order.subarray(i * batchSize, (i + 1) * batchSize)),
  );

/** The places of each shard's images, in the order in which they lie in it. */
function placesByShard(files: readonly ImageFile[]): readonly (readonly number[])[] {
  const shards = new Map<string, { place: number; offset: number }[]>();
  for (const [place, file] of files.entries()) {
    const [path, offset] = typeof file === "string" ? ["", place] : [file.path, file.offset];
    const shard = shards.get(path);
    if (shard === undefined) shards.set(path, [{ place, offset }]);
    else shard.push({ place, offset });
  }
  return [...shards.values()].map((members) =>
    members.sort((a, b) => a.offset - b.offset).map(({ place }) => place),
  );
}

function throughBuffer(places: readonly number[], size: number, random: Random): Int32Array {
  const order = new Int32Array(places.length);
  const buffer = places.slice(0, size);
  let next = buffer.length;
  for (let i = 0; i < order.length; i++) {
    const drawn = random.integer(buffer.length);
    order[i] = buffer[drawn]!;
    const following = next < places.length ? places[next++]! : buffer.pop()!;
    if (drawn < buffer.length) buffer[drawn] = following;
  }
  return order;
}
