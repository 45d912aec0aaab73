import type { ImageSet } from "./image-set.ts";

/**
 * The labels of one set as another set numbers its classes, by name.
 *
 * @returns undefined where the sets do not have the same classes.
 *
 * @example
 * ```ts
 * const test = { classes: ["b", "a"], labels: Int32Array.of(0, 0, 1) };
 * labelsAs(["a", "b"], test); // => Int32Array.of(1, 1, 0)
 * ```
 */
export function labelsAs(
  classes: readonly string[],
  { classes: own, labels }: Required<Pick<ImageSet, "classes" | "labels">>,
): Int32Array | undefined {
  const places = own.map((name) =>
    classes.findIndex((other) => other.normalize("NFC") === name.normalize("NFC")),
  );
  if (own.length !== classes.length || new Set(places).size !== own.length || places.includes(-1))
    return undefined;
  return labels.map((label) => places[label]!);
}
