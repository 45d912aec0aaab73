import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { renderReport } from "./render-report.ts";
import type { ReportData } from "./report-data.ts";

/**
 * Writes one HTML file that shows a run: a summary in words, curves, neighbours, views, config. Nothing in it is
 * loaded from elsewhere, so it can be mailed, archived and opened without a network.
 *
 * The folder is made when it is missing. The file changes in one moment, so a reader who reloads the page of a running
 * run never meets half of it.
 */
export async function writeReport(data: ReportData, file: string): Promise<void> {
  const page = renderReport(data);
  const draft = `${file}.${process.pid}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(draft, page);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
