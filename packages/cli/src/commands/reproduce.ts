import { type MeasuredRow, readTable } from "@tssl/report";
import { startEngine } from "@tssl/engine";
import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { nothingToReproduce } from "../messages/reproduction.ts";
import { type Reproduction, reproduceRow } from "../reproduce-row.ts";
import { COST_UNIT } from "../table-cells.ts";
import { printNotice, printResult } from "../terminal.ts";
import { rowIn } from "./table.ts";

export function addReproduce(program: Command): void {
  program
    .command("reproduce")
    .description("measure the figures of a row of the table again, in miniature, and say whether they hold")
    .argument("<row>", "a row of tssl table, such as moco")
    .option("--json", "a line of JSON for each figure", false)
    .addHelpText("after", "\nExample:\n  tssl reproduce instdisc")
    .action(async (row: string, { json }: { readonly json: boolean }) =>
      finish(await reproduceCommand(row, json)),
    );
}

/**
 * `tssl reproduce <row>`: one line for each figure. Exit code 1 where one does not hold.
 *
 * @throws {UsageError} if there is no such row, or nothing was measured of it.
 */
async function reproduceCommand(id: string, json: boolean): Promise<number> {
  const rows = await readTable();
  const row = rowToReproduce(rows, id);
  if (!json) printNotice(`measuring ${row.system} again, in miniature …\n`);
  await startEngine({ device: "cpu" });
  let code = 0;
  for await (const reproduction of reproduceRow(row, rowIn(rows, COST_UNIT))) {
    printResult(json ? `${JSON.stringify(reproduction)}\n` : `${textOf(reproduction)}\n`);
    if (!reproduction.holds) code = 1;
  }
  return code;
}

/** @throws {UsageError} if there is no such row, or nothing was measured of it. */
export function rowToReproduce(rows: readonly MeasuredRow[], id: string): MeasuredRow {
  const row = rowIn(rows, id);
  const isMeasured = ({ receipts }: MeasuredRow) => Object.keys(receipts).length > 0;
  if (isMeasured(row)) return row;
  throw nothingToReproduce(
    row.system,
    rows.filter(isMeasured).map((each) => each.id),
  );
}

const textOf = ({ figure, holds, sentence }: Reproduction): string =>
  `${figure}: ${holds ? "holds" : "does not hold"}. ${sentence}`;
