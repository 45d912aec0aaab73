import { didYouMean } from "@tssl/core/internal";
import { type MeasuredRow, readTable } from "@tssl/report";
import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { unknownRow } from "../messages/reproduction.ts";
import { rowText, tableText } from "../table-text.ts";
import { resultPrinted } from "../terminal.ts";

export function addTable(program: Command): void {
  program
    .command("table")
    .description("show the systems of CLSA's paper: what is published, and what was measured of each here")
    .argument("[row]", "a row whose receipts to show, such as moco")
    .option("--json", "one line of JSON with everything", false)
    .addHelpText("after", "\nExamples:\n  tssl table\n  tssl table instdisc")
    .action(async (row: string | undefined, { json }: { readonly json: boolean }) =>
      finish(await tableCommand(row, json)),
    );
}

/** `tssl table [row]`: the table, or one row with its receipts. */
async function tableCommand(id: string | undefined, json: boolean): Promise<number> {
  const rows = await readTable();
  const row = id === undefined ? undefined : rowIn(rows, id);
  if (json) await resultPrinted(`${JSON.stringify(row ?? rows)}\n`);
  else await resultPrinted(row === undefined ? tableText(rows) : rowText(row));
  return 0;
}

/** @throws {UsageError} if there is no such row. */
export function rowIn(rows: readonly MeasuredRow[], id: string): MeasuredRow {
  const ids = rows.map((row) => row.id);
  const row = rows.find((each) => each.id === id);
  if (row === undefined) throw unknownRow(id, ids, didYouMean(id, ids));
  return row;
}
