// What every receipt says of how its figure was measured, and where receipts are written.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";

import { RECEIPTS, readTable } from "@tssl/report";
import { format } from "prettier";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A row of the table. @param {string} id */
export async function rowNamed(id) {
  const rows = await readTable();
  const row = rows.find((each) => each.id === id);
  if (row === undefined)
    throw new Error(`There is no row "${id}". Rows: ${rows.map(({ id }) => id).join(", ")}.`);
  return row;
}

/** The commit that a name stands for. @param {string} name */
export function commitOf(name) {
  const { status, stdout } = spawnSync("git", ["rev-parse", "--short=7", `${name}^{commit}`], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${name} is no commit of this repository.`);
  return stdout.trim();
}

/** @param {number} threads that the programs use. */
export const hardware = (threads = availableParallelism()) =>
  `${cpus()[0].model}, ${threads === 1 ? "1 thread" : `${threads} threads`}`;

/** @param {unknown} value */
export const sha256 = (value) => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/**
 * @param {string} row
 * @param {"parity" | "curve" | "cost"} kind
 * @param {object} receipt
 */
export async function writeReceipt(row, kind, receipt) {
  const file = path.join(RECEIPTS, row, `${kind}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, await format(JSON.stringify(receipt), { filepath: file, printWidth: 110 }));
  console.log(`${path.relative(process.cwd(), file)}\nnpm run docs:table writes the pages anew.`);
}
