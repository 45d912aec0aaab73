import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";

/**
 * The line, from 1, of the value at a path in a YAML or JSON text: that of its key, or of the innermost
 * section that the text has.
 *
 * @example
 * ```ts
 * lineOf("epochs: 3\nplugins:\n  - { use: moco, dim: 8 }\n", ["plugins", "0", "dim"]); // => 3
 * ```
 */
export function lineOf(text: string, path: readonly string[]): number {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (pair === undefined) break;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (hasRange(node)) offset = node.range[0];
    } else break;
  }
  return lineCounter.linePos(offset).line;
}

const hasRange = (node: unknown): node is { readonly range: readonly [number, ...number[]] } =>
  typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
