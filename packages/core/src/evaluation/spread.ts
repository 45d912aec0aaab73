/**
 * `count` places spread evenly over `total`; over class folders that is over the classes.
 *
 * @example
 * ```ts
 * spread(10, 5); // => [1, 3, 5, 7, 9]
 * ```
 */
export const spread = (total: number, count: number): readonly number[] =>
  Array.from({ length: Math.min(count, total) }, (_, i) =>
    Math.floor(((i + 0.5) * total) / Math.min(count, total)),
  );
