import { randomStream } from "@tssl/augment-zoo";

/** What a choice of images depends on, besides their labels. */
export interface SubsetKey {
  readonly seed: number;
  /** Tells choices from another that are made with one seed. */
  readonly purpose: string;
}

/**
 * The same share of every class: of a class with n images `round(fraction n)`, at least one.
 *
 * Each class is put into a random order that the seed fixes, and its first images are taken: what is chosen
 * for 1 % is part of what is chosen for 10 %.
 *
 * @param labels `[N]`, each in 0 .. classes - 1.
 * @returns indices into `labels`, ascending.
 *
 * @example
 * ```ts
 * classBalancedSubset(Int32Array.of(0, 0, 0, 0, 1, 1), 0.5, { seed: 0, purpose: "labels" }).length; // => 3
 * ```
 */
export function classBalancedSubset(labels: Int32Array, fraction: number, key: SubsetKey): Int32Array {
  return chooseFromEachClass(labels, key, (count) => Math.max(1, Math.round(fraction * count)));
}

/**
 * Sets a share of every class aside: `round(share n)` of n images, at least one, and none of a class that has
 * no more than one.
 *
 * @param chosen the images that there are: indices into `labels`.
 */
export function splitOff(
  labels: Int32Array,
  chosen: Int32Array,
  share: number,
  key: SubsetKey,
): { readonly kept: Int32Array; readonly heldOut: Int32Array } {
  const own = chosen.map((index) => labels[index]!);
  const positions = chooseFromEachClass(own, key, (count) =>
    count < 2 ? 0 : Math.max(1, Math.round(share * count)),
  );
  const aside = new Set(positions);
  return {
    kept: chosen.filter((_, position) => !aside.has(position)),
    heldOut: positions.map((position) => chosen[position]!),
  };
}

function chooseFromEachClass(
  labels: Int32Array,
  { seed, purpose }: SubsetKey,
  countOf: (size: number) => number,
): Int32Array {
  const members = new Map<number, number[]>();
  labels.forEach((label, index) => {
    const class_ = members.get(label);
    if (class_ === undefined) members.set(label, [index]);
    else class_.push(index);
  });
  const chosen = [...members].flatMap(([label, indices]) => {
    const order = randomStream(seed, purpose, label).permutation(indices.length);
    return Array.from(order.subarray(0, countOf(indices.length)), (position) => indices[position]!);
  });
  return Int32Array.from(chosen).sort();
}
