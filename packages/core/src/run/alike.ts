import { createHash } from "node:crypto";

import type { RunConfig } from "../config/parse-config.ts";
import type { ImageSet } from "../data/image-set.ts";
import { notAlike } from "../messages/processes.ts";
import { differences } from "./differences.ts";
import { codeDigests, settingOf } from "./run-identity.ts";

/** What all processes of a run must have alike, as plain data. */
export type Alike = Readonly<Record<string, unknown>>;

/** Sections that the process that leads looks at alone. */
const OF_THE_LEADER = ["name", "evaluation", "health", "checkpoint", "logging"];
/** Options that each machine has its own of. */
const OF_A_MACHINE = { data: ["train", "test", "workers", "cacheMegabytes"], engine: ["threads"] };

/**
 * What decides the numbers of a run: options, versions, the user's own code, and which images there are, told
 * by their names and labels, which takes no reading of files.
 */
export function alikeIn(config: RunConfig, { names, labels = new Int32Array() }: ImageSet): Alike {
  const { config: resolved, versions, code } = settingOf(config);
  const sections = without(resolved, OF_THE_LEADER);
  return {
    ...sections,
    ...Object.fromEntries(
      Object.entries(OF_A_MACHINE).map(([section, own]) => [
        section,
        without(sections[section] as Alike, own),
      ]),
    ),
    versions,
    code: codeDigests(code),
    images: createHash("sha256")
      .update(JSON.stringify([names, ...labels]))
      .digest("hex"),
  };
}

const without = (section: Alike, names: readonly string[]): Alike =>
  Object.fromEntries(Object.entries(section).filter(([name]) => !names.includes(name)));

/** @throws {TsslError} INVALID_OPTION naming all that differs. */
export function requireAlike(leader: Alike, own: Alike): void {
  const found = differences(leader, JSON.parse(JSON.stringify(own)));
  if (found.length > 0) throw notAlike(found);
}
