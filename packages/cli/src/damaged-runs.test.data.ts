import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { folderCheckpoints, readFailedStep, type RunOutcome, runTraining } from "@tssl/core/run";
import { keepEvaluation } from "@tssl/core/internal";
import { readComparedRun, reportWriter, serveRun } from "@tssl/report";
import { expect, vi } from "vitest";

import { compositions, smallRun } from "./compositions.test.data.ts";
import { damageRun } from "./damaged-run.test.data.ts";
import { describeError } from "./error-catalogue.ts";
import { exitCodeOf, explain, UsageError } from "./errors.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { buildProgram } from "./program.ts";
import { resolveConfig } from "./read-run-config.ts";

/** A run that was stopped after five of twelve steps, with everything in its folder that a run may have. */
export async function stoppedRun(folder: string): Promise<{ readonly run: string; readonly images: string }> {
  const images = path.join(folder, "images");
  const run = path.join(folder, "run");
  const stop = new AbortController();
  await runTraining({
    config: await configOf(await copyTrainAndTest(images)),
    out: run,
    observers: [{ onStep: ({ step }) => (step === 5 ? stop.abort() : undefined) }, reportWriter()],
    signal: stop.signal,
    sources: {},
  });
  await keepEvaluation(run, {
    kind: "knn",
    ...{ step: 3, epoch: 1, measuredAt: "2026-11-29T07:00:00.000Z", settings: { k: 5, temperature: 0.1 } },
    data: { train: images, test: images, trainImages: 48, testImages: 4, classes: ["a", "b"], ofRun: true },
    results: [{ top1: 0.75, confusion: [[2, 0], [1, 1]] }], // prettier-ignore
  });
  const failed = { step: 5, epoch: 1, seed: 0, indices: [1, 2], files: ["a", "b"], learningRate: 0.1 };
  const numbers = { scalars: { loss: "NaN" }, tensors: [{ name: "w", nan: 1, infinite: 0, of: 4 }] };
  writeFileSync(
    path.join(run, "failed-step.json"),
    JSON.stringify({ ...failed, ...numbers, checkpoint: "step-0000003" }),
  );
  return { run, images };
}

export const configOf = (data: { readonly train: string; readonly test: string }) =>
  resolveConfig(
    {
      ...smallRun(data, { use: "resnet20", widths: [4, 4, 8] }),
      ...compositions[0]!.config,
      engine: { mode: "eager" },
      checkpoint: { everySteps: 2, keep: 2 },
      health: { everySteps: 2 },
    },
    "/",
    "config.yaml",
  );

/** What is in a folder: for each entry its kind, its size, and of a small file a hash. */
export const contentsOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const entry = lstatSync(path.join(folder, name));
      if (!entry.isFile()) return `${name} ${entry.isDirectory() ? "folder" : "other"}`;
      const isSmall = entry.size < 1e7;
      const hash = isSmall
        ? createHash("sha256")
            .update(readFileSync(path.join(folder, name)))
            .digest("hex")
        : "";
      return `${name} ${entry.size} ${hash}`;
    });

/** Runs a command of `tssl` in this process. */
async function command(...args: readonly string[]): Promise<void> {
  const silent = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation(() => true),
  );
  try {
    await buildProgram().parseAsync([...args], { from: "user" });
  } finally {
    silent.forEach((each) => each.mockRestore());
    process.exitCode = 0;
  }
}

async function watch(run: string): Promise<void> {
  const server = await serveRun(run, { port: 0 });
  try {
    const answer = await fetch(server.url);
    const page = await answer.text();
    if (answer.status !== 200) expect(page).not.toMatch(STACK);
  } finally {
    await server.close();
  }
}

/** A line of a stack trace. */
const STACK = /^\s+at .*:\d+:\d+\)?$/m;

/**
 * No look at a run takes longer: seconds of work, and seconds in all on a machine that has other work too, at
 * whose end it hangs.
 */
const [MOST_WORK, LONGEST] = [5, 240];

async function withinTime(look: () => Promise<unknown>): Promise<void> {
  const begun = process.cpuUsage();
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it hangs: no end within ${LONGEST} s`)), LONGEST * 1000);
  });
  try {
    await Promise.race([look(), hangs]);
  } finally {
    clearTimeout(timer);
  }
  const { user, system } = process.cpuUsage(begun);
  if (user + system > MOST_WORK * 1e6) throw new Error(`it took ${(user + system) / 1e6} s of work`);
}

/**
 * Tells how a look at a damaged run ended: well, or with an error that is described. Anything else fails the
 * test, with what was done to the run.
 */
async function endOf(look: () => Promise<unknown>, what: string): Promise<"well" | "refused"> {
  try {
    await withinTime(look);
    return "well";
  } catch (error) {
    const isExpected = error instanceof UsageError || describeError(error) !== undefined;
    if (!isExpected) throw new Error(`${what}: ${String((error as Error).stack)}`, { cause: error });
    expect(explain(error), what).not.toMatch(STACK);
    expect([1, 2], what).toContain(exitCodeOf(error));
    return "refused";
  }
}

export interface DamagedRunsOptions {
  /** The first case. Each does the same whenever it is tried. Default: 0. */
  readonly from?: number;
  readonly count: number;
  /** Every so many cases, the run is evaluated and goes on too, and its pictures are made. */
  readonly resumeEvery: number;
}

/** Damages copies of a run, and looks at each in every way. @returns how many looks were refused. */
export async function tryDamagedRuns({ from = 0, count, resumeEvery }: DamagedRunsOptions): Promise<{
  readonly refused: number;
  readonly resumed: number;
}> {
  const folder = mkdtempSync(path.join(tmpdir(), "tssl-damaged-"));
  const [copy, evaluated, name] = [path.join(folder, "copy"), path.join(folder, "evaluated"), "copy"];
  let [refused, resumed] = [0, 0];
  try {
    const { run, images } = await stoppedRun(folder);
    for (let number = from; number < from + count; number++) {
      const goesOn = number % resumeEvery === 0;
      cpSync(run, copy, { recursive: true });
      if (!goesOn) forgetImages(copy, images);
      const what = `case ${number}: ${damageRun(copy, number)}`;
      rmSync(path.join(copy, "report.html"), { force: true });
      const before = contentsOf(copy);
      for (const look of [
        () => command("inspect", copy, ...(number % 2 === 0 ? ["--json"] : [])),
        () => watch(copy),
        () => readComparedRun(folder, name, 0),
        () => readFailedStep(copy),
        () => folderCheckpoints(path.join(copy, "checkpoints")).list(),
        () => folderCheckpoints(path.join(copy, "checkpoints")).newest(() => {}),
        () => command("report", copy),
      ]) {
        if ((await endOf(look, what)) === "refused") refused++;
      }
      rmSync(path.join(copy, "report.html"), { force: true });
      expect(contentsOf(copy), what).toEqual(before);
      if (goesOn) {
        execFileSync("cp", ["-a", copy, evaluated]); // Node copies no pipe
        await endOf(() => command("evaluate", "knn", evaluated), what);
        rmSync(evaluated, { recursive: true, force: true });
        if ((await goOn(copy, images, what)) === "well") resumed++;
      }
      rmSync(copy, { recursive: true, force: true });
    }
    return { refused, resumed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without the images a page has no pictures, and takes little time. */
function forgetImages(run: string, images: string): void {
  const file = path.join(run, "config.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(images, `${images}-gone`));
}

/** A run that does not go on is left as it was. */
async function goOn(run: string, images: string, what: string): Promise<"well" | "refused"> {
  const before = contentsOf(run);
  let outcome: RunOutcome | undefined;
  const end = await endOf(async () => {
    const [train, test] = [path.join(images, "train"), path.join(images, "test")];
    outcome = await runTraining({
      config: await configOf({ train, test }),
      out: run,
      resume: { allowedChanges: [] },
    });
  }, what);
  if (end === "refused") expect(contentsOf(run), what).toEqual(before);
  else expect(outcome!.status, what).toBe("finished");
  return end;
}
