import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

interface Row {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** What a run logged, but for the speed of the machine. */
export function loggedNumbers(run: string): readonly Row[] {
  return readFileSync(path.join(run, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row)
    .map(({ values: { imagesPerSecond: _speed, ...values }, ...row }) => ({ ...row, values }));
}

/** A finished run as far as it does not depend on time: its numbers, and its checkpoints' names, values and facts, to the bit. */
export function outcomeOf(run: string) {
  const folder = path.join(run, "checkpoints");
  const files = readdirSync(folder).sort();
  return {
    rows: loggedNumbers(run),
    files,
    values: files
      .filter((file) => file.endsWith(".safetensors"))
      .map((file) => readFileSync(path.join(folder, file)).toString("base64")),
    facts: files.filter((file) => file.endsWith(".json")).map((file) => timeless(path.join(folder, file))),
  };
}

/** What a run's page shows, as far as it does not depend on time: the steps of its curves, and its pictures and classes. */
export function shownBy(run: string) {
  const page = readFileSync(path.join(run, "report.html"), "utf8");
  const section = (id: string) => new RegExp(`<section id="${id}">.*?</section>`, "s").exec(page)?.[0];
  return {
    // The first curves are kNN and the loss; that of the speed has gaps where steps were compiled.
    steps: page.match(/"steps":\[[\d,]*\]/g)?.slice(0, 2),
    chance: page.match(/"label":"chance[^"]*"/g),
    sections: ["neighbours", "classes", "views"].map(section),
  };
}

interface Facts {
  readonly savedAt: string;
  readonly history: Readonly<Record<string, unknown>>;
}

function timeless(file: string): unknown {
  const { savedAt: _savedAt, history, ...facts } = JSON.parse(readFileSync(file, "utf8")) as Facts;
  const { startedAt: _startedAt, command: _command, seconds: _seconds, evaluationSeconds: _evaluation, clock: _clock, ...rest } = history; // prettier-ignore
  return { ...facts, history: rest };
}
