/** Some of many things that come one after the other, in bounded memory. */
export interface Thinned<T> {
  add(thing: T): void;
  /** In the order in which they came. */
  readonly kept: readonly T[];
}

/**
 * Keeps every thing until there are more than `most`; from then on every second one, every fourth, … The
 * first is always among them.
 *
 * @example
 * ```ts
 * const few = thinned<number>(4);
 * for (const step of [1, 2, 3, 4, 5, 6, 7]) few.add(step);
 * few.kept; // => [1, 3, 5, 7]
 * ```
 */
export function thinned<T>(most: number): Thinned<T> {
  let kept: T[] = [];
  let stride = 1;
  let seen = 0;
  return {
    add(thing) {
      if (seen++ % stride === 0) kept.push(thing);
      if (kept.length <= most) return;
      kept = kept.filter((_, i) => i % 2 === 0);
      stride *= 2;
    },
    get kept() {
      return kept;
    },
  };
}
