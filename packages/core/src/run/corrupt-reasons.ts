import type { CorruptFile } from "@tssl/augment-zoo";

/** Why each image could not be decoded, by its file: "HEIC image", "cut short". */
export type CorruptKinds = Readonly<Record<string, string>>;

/** Why each of these images could not be decoded, by its file. */
export const kindsOf = (corrupt: readonly Pick<CorruptFile, "file" | "kind">[]): CorruptKinds =>
  Object.fromEntries(corrupt.map(({ file, kind }) => [file, kind]));

/**
 * How many images there are of each kind, the most frequent first.
 *
 * @example
 * ```ts
 * const kinds = { "a.jpg": "cut short", "b.jpg": "HEIC image", "c.jpg": "HEIC image" };
 * countKinds(kinds); // => { "HEIC image": 2, "cut short": 1 }
 * ```
 */
export function countKinds(kinds: CorruptKinds): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const kind of Object.values(kinds)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
