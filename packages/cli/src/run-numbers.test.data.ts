import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { assertClose } from "@tssl/engine/testing";
import { expect } from "vitest";

interface Row {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
  readonly cosines?: { readonly positive: readonly number[]; readonly negative: readonly number[] };
}

/** What a run logged, but for the speed of the machine. */
export function loggedNumbers(run: string): readonly Row[] {
  return readFileSync(path.join(run, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row)
    .map(({ values: { imagesPerSecond: _speed, ...values }, ...row }) => ({ ...row, values }));
}

/** Holds the numbers that a run logged to those of another, to so much of each. */
export function expectNumbersOf(wanted: string, run: string, tolerance: number): void {
  const [expected, found] = [loggedNumbers(wanted), loggedNumbers(run)];
  expect(found.map(({ step }) => step)).toEqual(expected.map(({ step }) => step));
  expected.forEach(({ step, values }, i) => {
    for (const [name, value] of Object.entries(values)) {
      assertClose([found[i]!.values[name]!], [value], tolerance, `${name} of step ${step}`);
    }
  });
}

/** The steps of a run, each with its loss. */
export const lossesIn = (run: string): (readonly [number, number])[] =>
  loggedNumbers(run).flatMap(({ step, values: { loss } }) => (loss === undefined ? [] : [[step, loss]]));

/**
 * The results of a finished run that do not depend on time: its numbers, and its last and best checkpoints,
 * bit by bit. Others that are kept lie where the run was stopped.
 */
export function outcomeOf(run: string) {
  const folder = path.join(run, "checkpoints");
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.replace(/\.json$/, ""))
    .sort();
  const all = names.map((name) => ({
    name,
    values: createHash("sha256")
      .update(readFileSync(path.join(folder, `${name}.safetensors`)))
      .digest("hex"),
    facts: timeless(path.join(folder, `${name}.json`)),
  }));
  const best = Math.max(...all.map(({ facts }) => facts.knn ?? -1));
  return {
    rows: loggedNumbers(run),
    last: all.at(-1),
    best: all.find(({ facts }) => facts.knn === best),
  };
}

/**
 * The parts of a run's page that do not depend on time: the steps of its curves, its pictures and classes.
 */
export function shownBy(run: string) {
  const page = readFileSync(path.join(run, "report.html"), "utf8");
  const section = (id: string) => new RegExp(`<section id="${id}">.*?</section>`, "s").exec(page)?.[0];
  return {
    // The first curves are kNN and the loss; that of the speed has gaps where steps were compiled.
    steps: page.match(/"steps":\[[\d,]*\]/g)?.slice(0, 2),
    chance: page.match(/"label":"chance[^"]*"/g),
    sections: ["neighbours", "map", "classes", "views"].map(section),
  };
}

interface Facts {
  readonly knn?: number;
  readonly savedAt: string;
  readonly history: Readonly<Record<string, unknown>>;
}

function timeless(file: string) {
  const { savedAt: _savedAt, history, ...facts } = JSON.parse(readFileSync(file, "utf8")) as Facts;
  const { startedAt: _startedAt, command: _command, seconds: _seconds, evaluationSeconds: _evaluation, clock: _clock, loader: _loader, ...rest } = history; // prettier-ignore
  return { ...facts, history: rest };
}
