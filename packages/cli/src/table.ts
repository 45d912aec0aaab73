/**
 * Rows of text as columns two spaces apart.
 *
 * @param alignment a letter for each column, "l" or "r"; by default the first one is left-aligned and all others right.
 */
export function table(rows: readonly (readonly string[])[], alignment?: string): string {
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
