import type { NearestOthers } from "./nearest-others.ts";

/** Images that show nearly the same. */
export interface DuplicateGroup {
  /** Places, in order. */
  readonly places: readonly number[];
  /** The smallest cosine by which one of them was joined to the group. */
  readonly cosine: number;
}

/**
 * Groups of images whose features have at least this cosine, each with some other of the group; largest
 * first. A group that is larger than the number of neighbours comes out whole where its pairs chain.
 */
export function nearDuplicates(
  { count, places, cosines }: NearestOthers,
  threshold: number,
): readonly DuplicateGroup[] {
  const n = count === 0 ? 0 : places.length / count;
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  const rootOf = (place: number): number => {
    let root = place;
    while (parent[root] !== root) root = parent[root] = parent[parent[root]!]!;
    return root;
  };
  const weakest = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    for (let j = i * count; j < (i + 1) * count && cosines[j]! >= threshold; j++) {
      const [a, b] = [rootOf(i), rootOf(places[j]!)];
      const cosine = Math.min(cosines[j]!, weakest.get(a) ?? 1, weakest.get(b) ?? 1);
      if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
      if (a !== b) weakest.set(Math.min(a, b), cosine);
    }
  }
  const groups = new Map<number, number[]>();
  for (let i = 0; i < n; i++) {
    const root = rootOf(i);
    groups.set(root, [...(groups.get(root) ?? []), i]);
  }
  return [...groups]
    .filter(([, members]) => members.length > 1)
    .map(([root, members]) => ({ places: members, cosine: weakest.get(root)! }))
    .sort((a, b) => b.places.length - a.places.length || a.places[0]! - b.places[0]!);
}

/** An image that is like no other. */
export interface Outlier {
  readonly place: number;
  /** Mean cosine to its nearest neighbours. */
  readonly cosine: number;
}

/** The images whose nearest neighbours are farthest, farthest first. */
export function outliers({ count, cosines }: NearestOthers, most: number): readonly Outlier[] {
  const n = count === 0 ? 0 : cosines.length / count;
  const all = Array.from({ length: n }, (_, place): Outlier => {
    const own = cosines.subarray(place * count, (place + 1) * count);
    return { place, cosine: own.reduce((sum, value) => sum + value, 0) / count };
  });
  return all.sort((a, b) => a.cosine - b.cosine).slice(0, most);
}
