import { onOneLine } from "@tssl/core/internal";

/**
 * Rows of text as columns two spaces apart. A line break in a cell is shown as its escape.
 *
 * @param alignment "l" or "r" for each column; by default the first column is left-aligned, the others are
 * right-aligned.
 */
export function table(texts: readonly (readonly string[])[], alignment?: string): string {
  const rows = texts.map((row) => row.map(onOneLine));
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      widths
        .map((width, column) => {
          const cell = row[column] ?? "";
          const right = alignment === undefined ? column > 0 : alignment[column] === "r";
          return right ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
