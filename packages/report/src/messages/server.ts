// What the server of the live page answers instead of a page, and the sentences of errors SERVER.

import { inShell } from "@tssl/core/internal";
import { TsslError } from "@tssl/core/run";

export const WRONG_HOST = "This page is for this machine alone. Open the address that tssl watch printed.\n";

export const ONLY_READ = "This page can only be read.\n";

export const ADDRESS_INCOMPLETE = "Open the whole address that tssl watch printed.\n";

export const NO_REPORT_YET = "There is no report yet.\n";

export const reportOfAnother = (runFolder: string): string =>
  `report.html was not written by this version of tssl, so its script is not run here. Write it anew: ` +
  `tssl report ${inShell(runFolder)}\n`;

export const NO_SUCH_PAGE = "There is no such page.\n";

export const portUnusable = (port: number, error: NodeJS.ErrnoException): TsslError =>
  new TsslError(
    "SERVER",
    error.code === "EADDRINUSE"
      ? `Port ${port} is in use. Choose another with --port, or 0 for a free one.`
      : `Port ${port} cannot be used: ${error.message}.`,
    { cause: error },
  );
