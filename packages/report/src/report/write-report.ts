import { mkdir } from "node:fs/promises";
import path from "node:path";

import { writeWhole } from "@tssl/core/internal";

import { renderReport } from "./render-report.ts";
import type { ReportData } from "./report-data.ts";

/**
 * Writes the page of a run into one HTML file. Its folder is made where it is missing. The file changes in one moment,
 * so a reader who reloads the page of a running run never gets half of it.
 */
export async function writeReport(data: ReportData, file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeWhole(file, renderReport(data));
}
