import { appendFile, mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { stringify } from "yaml";

import { messageOf, TsslError } from "../errors.ts";
import { writeWhole } from "./write-whole.ts";

/** One line of metrics.jsonl. */
export interface MetricsRow {
  /** Optimizer steps taken. */
  readonly step: number;
  /** Share of the epoch included: 1.5 is the middle of the second. */
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Where a run keeps what it makes: config.yaml, metrics.jsonl, checkpoints/, report.html, and outcome.json once it has ended. */
export interface RunFolder {
  readonly path: string;
  readonly checkpoints: string;
  readonly report: string;
  appendMetrics(row: MetricsRow): Promise<void>;
  writeFile(name: string, content: string): Promise<void>;
}

/**
 * Opens a new run folder.
 *
 * @throws {TsslError} RUN_FOLDER if there is something in it already, or it cannot be written.
 */
export async function createRunFolder(
  folder: string,
  resolved: Readonly<Record<string, unknown>>,
): Promise<RunFolder> {
  const absolute = path.resolve(folder);
  const inside = await readdir(absolute).catch(() => []);
  if (inside.length > 0) {
    throw new TsslError(
      "RUN_FOLDER",
      `${folder} must be a new or empty folder, and it holds ${inside.length === 1 ? "1 entry" : `${inside.length} entries`}. Choose another with --out.`,
    );
  }
  const checkpoints = path.join(absolute, "checkpoints");
  try {
    await mkdir(checkpoints, { recursive: true });
    await writeWhole(path.join(absolute, "config.yaml"), stringify(resolved));
  } catch (error) {
    throw new TsslError("RUN_FOLDER", `${folder} cannot be written: ${messageOf(error)}.`, { cause: error });
  }
  return {
    path: absolute,
    checkpoints,
    report: path.join(absolute, "report.html"),
    appendMetrics: (row) => appendFile(path.join(absolute, "metrics.jsonl"), `${JSON.stringify(row)}\n`),
    writeFile: (name, content) => writeWhole(path.join(absolute, name), content),
  };
}

/** The metrics of a run so far; a last line cut off by a crash is left out. */
export async function readMetrics(folder: string): Promise<readonly MetricsRow[]> {
  const text = await readFile(path.join(folder, "metrics.jsonl"), "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as MetricsRow];
    } catch {
      return [];
    }
  });
}
