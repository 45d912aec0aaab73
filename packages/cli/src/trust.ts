import { existsSync } from "node:fs";
import path from "node:path";

import { isAddress } from "@tssl/augment-zoo";
import {
  isKnown,
  keptModule,
  type Known,
  readKeptText,
  rememberKnown,
  untrustedCode,
  untrustedServers,
} from "@tssl/core/internal";
import { Option } from "commander";

/**
 * What decides which modules of a config may be loaded, and which servers asked for its images. A config of
 * the user's is their word for what it names. That of a run folder may come from elsewhere: what it names
 * must be known, or the user says `--trust`. The copy of a module that a run keeps must be known whoever
 * names it.
 */
export interface Trust {
  readonly config: "own" | "run";
  /** The user said `--trust`. */
  readonly given: boolean;
}

/** The flag of every command that reads a config. */
export interface TrustFlag {
  readonly trust: boolean;
}

/** A config that the user gives is theirs, unless a run wrote it. */
export const trustIn = (file: string, { trust }: TrustFlag): Trust => ({
  config: existsSync(path.join(path.dirname(file), "run.json")) ? "run" : "own",
  given: trust,
});

/** The option `--trust`, of every command that reads a config. */
export const trustOption = (): Option =>
  new Option(
    "--trust",
    "use the code and the servers that a run folder names, though you have not used them on this machine",
  ).default(false);

/**
 * Refuses modules whose code may not be run. None of it has been run then.
 *
 * @param files undefined for one that is not there.
 * @throws {TsslError} UNTRUSTED, naming all of them.
 */
export async function requireTrust(files: readonly (string | undefined)[], trust: Trust): Promise<void> {
  if (trust.given) return;
  const untrusted = [];
  for (const file of new Set(files)) {
    if (file === undefined) continue;
    const kept = await keptModule(file);
    if (kept === undefined && trust.config === "own") continue;
    const code = await codeOf(file, kept !== undefined);
    if (code === undefined || (await isKnown(code))) continue;
    untrusted.push({ file, ...(kept === undefined ? {} : { from: kept.from }) });
  }
  if (untrusted.length > 0) throw untrustedCode(untrusted);
}

/**
 * Refuses servers that may not be asked, and remembers those that may.
 *
 * @param sources paths and addresses of images.
 * @throws {TsslError} UNTRUSTED
 */
export async function requireKnownServers(sources: readonly unknown[], trust: Trust): Promise<void> {
  const servers = new Set(sources.flatMap((source) => serverOf(source) ?? []));
  const unknown = [];
  for (const server of servers) {
    if (trust.given || trust.config === "own") await rememberKnown({ server });
    else if (!(await isKnown({ server }))) unknown.push(server);
  }
  if (unknown.length > 0) throw untrustedServers(unknown);
}

/** "https://example.org"; undefined for a path. */
function serverOf(source: unknown): string | undefined {
  if (typeof source !== "string" || !isAddress(source)) return undefined;
  return URL.canParse(source) ? new URL(source).origin : undefined; // reading it says what is wrong
}

/**
 * Remembers a module that is run: by its path where a config of the user's names it, by its text where it is
 * the copy of a run. Any other file is asked for again, since whoever made the run folder may write there.
 */
export async function rememberModule(file: string, { config }: Trust): Promise<void> {
  const isKept = (await keptModule(file)) !== undefined;
  const code = isKept || config === "own" ? await codeOf(file, isKept) : undefined;
  if (code !== undefined) await rememberKnown(code);
}

/** Undefined for a copy that is not there: loading it says so. */
async function codeOf(file: string, isKept: boolean): Promise<Known | undefined> {
  if (!isKept) return { file };
  const text = await readKeptText(file);
  return text === undefined ? undefined : { text };
}
