// `npm run docs:table`: writes the table in README.md and docs/table.md from the receipts.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { readTable } from "@tssl/report";
import { format, resolveConfig } from "prettier";

import { tablePage, withTable } from "../packages/cli/dist/table-markdown.js";

const rows = await readTable();
const readme = fileURLToPath(new URL("../README.md", import.meta.url));
const page = fileURLToPath(new URL("../docs/table.md", import.meta.url));
for (const [file, text] of [
  [readme, withTable(readFileSync(readme, "utf8"), rows)],
  [page, tablePage(rows)],
]) {
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
