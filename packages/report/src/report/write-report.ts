import { writeOutput } from "@tssl/core/internal";

import { renderReport } from "./render-report.ts";
import type { ReportData } from "./report-data.ts";

/**
 * Writes the page of a run into one HTML file. Its folder is made where it is missing. The file changes in
 * one moment, so a reader who reloads the page of a running run never gets half of it.
 */
export const writeReport = (data: ReportData, file: string): Promise<void> =>
  writeOutput(file, renderReport(data));
