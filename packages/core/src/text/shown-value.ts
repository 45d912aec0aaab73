/** Characters of a value that a message shows. */
const MOST = 200;

/** Levels of lists and sections that a message shows. */
const DEEPEST = 8;

/**
 * A value as a user types it, for messages: JSON, but `.nan` and `.inf` where YAML has these; of a long one
 * the beginning.
 *
 * @example
 * ```ts
 * shownValue({ lr: NaN, use: "sgd" }); // => '{"lr":.nan,"use":"sgd"}'
 * ```
 */
export function shownValue(value: unknown): string {
  const text = textOf(value, DEEPEST);
  return text.length <= MOST ? text : `${text.slice(0, MOST)}…`;
}

function textOf(value: unknown, levels: number): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
  }
  if (typeof value === "string") return JSON.stringify(firstOf(value));
  if (typeof value !== "object" || value === null) return String(value);
  if (levels === 0) return "…"; // a config in TypeScript may hold itself
  const inner = (item: unknown) => textOf(item, levels - 1);
  if (Array.isArray(value))
    return `[${firstOf(value as unknown[])
      .map(inner)
      .join(",")}]`;
  const entries = firstOf(Object.entries(value)).map(
    ([key, item]) => `${JSON.stringify(key)}:${inner(item)}`,
  );
  return `{${entries.join(",")}}`;
}

/** What comes after these is not shown: each takes a character at least. */
const firstOf = <T extends string | readonly unknown[]>(value: T): T => value.slice(0, MOST + 1) as T;
