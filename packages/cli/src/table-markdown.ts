import { listed } from "@tssl/core/internal";
import type { MeasuredRow } from "@tssl/report";

import { rowText } from "./table-text.ts";
import { tableCells } from "./table-cells.ts";

/** The lines of README.md between which the table stands. */
export const TABLE_MARKS = ["<!-- The table: npm run docs:table -->", "<!-- End of the table -->"] as const;

/** A page with the table in place of what stands between its marks. */
export function withTable(page: string, rows: readonly MeasuredRow[]): string {
  const [from, to] = TABLE_MARKS.map((mark) => page.indexOf(mark)) as [number, number];
  const table = `${tableMarkdown(rows)}\n\n${expectedCurves(rows)}`;
  return `${page.slice(0, from)}${TABLE_MARKS[0]}\n\n${table}\n\n${page.slice(to)}`;
}

/** A sentence on the presets whose curve was measured. */
function expectedCurves(rows: readonly MeasuredRow[]): string {
  const presets = rows.flatMap(({ receipts: { curve } }) => curve?.preset ?? []);
  return (
    `A run of ${listed(presets.map((name) => `\`${name}\``))} says in its report and in \`tssl inspect\` ` +
    "whether it is within the band of the curves that were measured."
  );
}

/** The table in Markdown. */
export function tableMarkdown(rows: readonly MeasuredRow[]): string {
  const lines = rows.map((row) => {
    const { paper, published } = row;
    const { parity, curve, cost, published: top1 } = tableCells(row);
    return [
      row.system,
      `[${paper.authors} ${paper.year}](${paper.url})`,
      `\`${row.preset}\``,
      `${top1}: ${published.protocol}`,
      parity,
      curve,
      cost,
    ];
  });
  return markdownTable([
    ["system", "paper", "preset", "published", "parity", "CIFAR-10 kNN here", "step"],
    ...lines,
  ]);
}

/** The text of docs/table.md: each row with its receipts. */
export const tablePage = (rows: readonly MeasuredRow[]): string =>
  [
    "# Receipts of the table",
    "Each figure of [the table](../README.md#the-table) has a receipt, which says how it was measured: a " +
      "file in packages/report/receipts. `tssl table <row>` shows them, `tssl reproduce <row>` measures a " +
      "row again in miniature. `npm run docs:table` generates this page from the receipts.",
    ...rows.flatMap((row) => [`## ${row.system}`, `\`\`\`text\n${rowText(row).trimEnd()}\n\`\`\``]),
    "",
  ].join("\n\n");

function markdownTable([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head!), line(head!.map(() => "---")), ...rows.map(line)].join("\n");
}
