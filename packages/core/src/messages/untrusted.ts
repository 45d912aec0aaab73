// The sentences of errors UNTRUSTED.

import { TsslError } from "../errors.ts";

/** A file of code, and the file that it was made from where that is another. */
export interface NamedCode {
  readonly file: string;
  readonly from?: string;
}

export function untrustedCode(code: readonly NamedCode[]): TsslError {
  const it = code.length === 1 ? "it" : "them";
  const lines = code.map(({ file, from }) => `  - ${file}${from === undefined ? "" : `, made from ${from}`}`);
  return new TsslError(
    "UNTRUSTED",
    `This would run code that you have not run on this machine before:\n${lines.join("\n")}\n` +
      `Read ${it}, and add --trust if you trust who wrote ${it}.`,
    { data: { code } },
  );
}

/** @param servers "https://example.org" */
export const untrustedServers = (servers: readonly string[]): TsslError =>
  new TsslError(
    "UNTRUSTED",
    `This run's images would be fetched from ${servers.join(" and ")}, which no config of yours has named ` +
      "on this machine. Add --trust if you trust who made the run.",
    { data: { servers } },
  );
