/** `count` places spread evenly over `total`; over class folders that is over the classes. */
export const spread = (total: number, count: number): readonly number[] =>
  Array.from({ length: Math.min(count, total) }, (_, i) =>
    Math.floor(((i + 0.5) * total) / Math.min(count, total)),
  );
