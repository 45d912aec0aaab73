import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";

import { messageOf } from "../errors.ts";
import { checkedJson, LARGEST_JSON } from "../files/json-file.ts";
import { namesIn } from "../files/names-in.ts";
import { readRegularFile } from "../files/regular-file.ts";
import { anything } from "../files/shapes.ts";
import { writeWhole } from "../files/write-whole.ts";
import { keptEvaluationInvalid } from "../messages/notices.ts";
import { checkedEvaluation, EVALUATION_FORMAT } from "./check-evaluation.ts";
import { checkpointName } from "./checkpoint.ts";
import type { KeptEvaluation } from "./kept-evaluation.ts";

/** The evaluations in a run folder. */
export interface KeptEvaluations {
  /** By step, then by date. */
  readonly evaluations: readonly KeptEvaluation[];
  /** A sentence for each file that is none, and is left out. */
  readonly problems: readonly string[];
}

/** Where the evaluations of a run are kept. */
export const evaluationsOf = (runFolder: string): string => path.join(runFolder, "evaluations");

/**
 * Keeps an evaluation in the run folder, in place of an earlier one of the same checkpoint with the same
 * settings and images.
 *
 * @returns the file.
 * @throws what the system says, such as ENOSPC.
 */
export async function keepEvaluation(runFolder: string, evaluation: KeptEvaluation): Promise<string> {
  const { kind, step, settings, data } = evaluation;
  const what = JSON.stringify([settings, partsOf(evaluation), data.train, data.test]);
  const digest = createHash("sha256").update(what).digest("hex").slice(0, 8);
  const file = path.join(evaluationsOf(runFolder), `${kind}-${checkpointName(step)}-${digest}.json`);
  await mkdir(evaluationsOf(runFolder), { recursive: true });
  await writeWhole(file, `${JSON.stringify({ format: EVALUATION_FORMAT, ...evaluation }, undefined, 2)}\n`);
  return file;
}

/** The parts of the labels that the results are for, and what else they differ by. */
function partsOf(evaluation: KeptEvaluation): readonly (number | string | null)[] {
  const ofLayer = (layer: string | undefined) => (layer === undefined ? [] : [layer]);
  if (evaluation.kind === "knn") return [];
  if (evaluation.kind === "svm")
    return evaluation.results.flatMap(({ shots, layer }) => [shots, ...ofLayer(layer)]);
  if (evaluation.kind === "linear")
    return evaluation.results.flatMap(({ fraction, layer }) => [fraction, ...ofLayer(layer)]);
  return evaluation.results.flatMap(({ fraction, trunkRate, headRate }) => [fraction, trunkRate, headRate]);
}

/**
 * Deletes the evaluations of later steps than this one: a run that goes on from here takes these steps again,
 * perhaps with other options.
 */
export async function removeLaterEvaluations(runFolder: string, step: number): Promise<void> {
  const names = await namesIn(evaluationsOf(runFolder));
  const later = names.filter((name) => Number(/-step-(\d+)-/.exec(name)?.[1] ?? 0) > step);
  for (const name of later) await rm(path.join(evaluationsOf(runFolder), name), { force: true });
}

/** Reads the evaluations that were kept in a run folder. Every field is checked. */
export async function readKeptEvaluations(runFolder: string): Promise<KeptEvaluations> {
  const folder = evaluationsOf(runFolder);
  const names = await namesIn(folder);
  const evaluations: KeptEvaluation[] = [];
  const problems: string[] = [];
  for (const name of names.filter((name) => name.endsWith(".json")).sort()) {
    const file = path.join(folder, name);
    const read = await readKept(file);
    if (typeof read === "string") problems.push(keptEvaluationInvalid(file, read));
    else evaluations.push(read);
  }
  return {
    evaluations: evaluations.sort((a, b) => a.step - b.step || (a.measuredAt < b.measuredAt ? -1 : 1)),
    problems,
  };
}

/** @returns what is wrong with the file, where it holds no evaluation. */
async function readKept(file: string): Promise<KeptEvaluation | string> {
  const bytes = await readRegularFile(file, LARGEST_JSON).catch(messageOf);
  if (typeof bytes === "string") return bytes;
  const json = checkedJson(bytes.toString("utf8"), anything);
  if (typeof json === "string") return json;
  return checkedEvaluation(json.value);
}
