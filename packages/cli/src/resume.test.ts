import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { type RunObserver, runTraining } from "@tssl/core/run";
import { assertClose, smallConvNet } from "@tssl/core/testing";
import { reportWriter } from "@tssl/report";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { compositions, smallRun } from "./compositions.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { resolveConfig } from "./read-run-config.ts";
import { outcomeOf, shownBy } from "./run-numbers.test.data.ts";

let folder: string;
let data: { train: string; test: string };
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-resume-"));
  data = await copyTrainAndTest(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const within = (name: string) => path.join(folder, name);

interface Part {
  readonly config: Record<string, unknown>;
  readonly resume?: boolean;
  /** What of the config may have changed since. */
  readonly allowed?: readonly string[];
  /** Stops the run after this step. */
  readonly stopAfter?: number;
  /** Stops the run once this checkpoint is saved. */
  readonly stopWith?: string;
  /** Stops the run once the untrained encoder is evaluated. */
  readonly stopUntrained?: boolean;
}

async function train(
  out: string,
  { config, resume = false, allowed = [], stopAfter, stopWith, stopUntrained = false }: Part,
) {
  const controller = new AbortController();
  const observer: RunObserver = {
    // The next step is under way when one is reported, unless an evaluation or a checkpoint is due before it.
    onStep: ({ step }) => (step + 1 === stopAfter ? controller.abort() : undefined),
    onEvaluation: () => (stopUntrained ? controller.abort() : undefined),
    onCheckpoint: (name) => (name === stopWith ? controller.abort() : undefined),
  };
  return runTraining({
    config: await resolveConfig({ ...smallRun(data, { use: smallConvNet }), ...config }, ".", "test"),
    out: within(out),
    observers: [observer, reportWriter()],
    signal: controller.signal,
    ...(resume ? { resume: { allowedChanges: allowed } } : {}),
  });
}

/** Of four epochs of three steps: the middle of an epoch, where the queue's cursor is not at 0. */
const MIDDLE_STEPS = [2, 8, 11];

/** With everything that has a state or draws a number of its own. */
const { config: everything } = compositions.at(-1)!;

/** The loss of each step that a run logged. */
const lossesOf = ({ rows }: ReturnType<typeof outcomeOf>): number[] =>
  rows.flatMap(({ values }) => values["loss"] ?? []);

/** Trains at once and in two parts, and compares all that a run leaves. */
async function resumesExactly(mode: string) {
  const config = { ...everything, engine: mode === "pjrt" ? { backend: mode } : { mode } };
  const whole = await train(`${mode}-whole`, { config });
  expect(whole.status).toBe("finished");
  const wanted = outcomeOf(within(`${mode}-whole`));
  expect(wanted.rows.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12, 12]);

  const stopAfter = MIDDLE_STEPS[Math.floor(Math.random() * MIDDLE_STEPS.length)]!;
  const first = await train(`${mode}-parts`, { config, stopAfter });
  expect(first).toMatchObject({ status: "interrupted", steps: stopAfter });
  const second = await train(`${mode}-parts`, { config, resume: true });
  expect(second.status).toBe("finished");
  expect(outcomeOf(within(`${mode}-parts`)), `stopped after step ${stopAfter}`).toEqual(wanted);
  // The report is that of the whole run.
  expect(second.evaluations).toEqual(whole.evaluations);
  expect(second.seconds).toBeGreaterThan(first.seconds);
  expect(shownBy(within(`${mode}-parts`))).toEqual(shownBy(within(`${mode}-whole`)));
  expect(shownBy(within(`${mode}-whole`)).steps![1]).toBe('"steps":[1,2,3,4,5,6,7,8,9,10,11,12]');
}

describe("a run that is stopped at any step and goes on", () => {
  it("gives the numbers of one that was not stopped", () => resumesExactly("graph"));
  it.each(["eager", "xla"])(
    "gives the numbers of one that was not stopped: %s",
    { tags: "long", timeout: 300_000 }, // XLA compiles every step three times
    resumesExactly,
  );

  // The long tests have the plugin of a CPU.
  describe.runIf(process.env["TSSL_PJRT_PLUGIN"])("by the plugin of a device", { tags: "long" }, () => {
    it("gives the numbers of one that was not stopped", { timeout: 300_000 }, () => resumesExactly("pjrt"));

    it("goes on with TensorFlow, and the other way, to rounding", { timeout: 300_000 }, async () => {
      const backend = (name: string) => ({ ...everything, engine: { backend: name } });
      await train("tensorflow", { config: backend("tensorflow") });
      const wanted = lossesOf(outcomeOf(within("tensorflow")));
      for (const [first, second] of [
        ["pjrt", "tensorflow"],
        ["tensorflow", "pjrt"],
      ] as const) {
        await train(`${first}-first`, { config: backend(first), stopAfter: 8 });
        const ended = await train(`${first}-first`, {
          config: backend(second),
          resume: true,
          allowed: ["engine.backend"],
        });
        expect(ended.status).toBe("finished");
        assertClose(lossesOf(outcomeOf(within(`${first}-first`))), wanted, 0.05, `${first}, then ${second}`);
      }
    });
  });

  it("makes the evaluation that was due, once", async () => {
    const config = { ...compositions[0]!.config, engine: { mode: "eager" } }; // seven times nothing to compile
    await train("whole", { config });
    const wanted = outcomeOf(within("whole"));
    // After step 6, the end of an epoch, kNN is due. The first run is stopped before it, the second one after
    // it.
    await train("before", { config, stopAfter: 6 });
    await train("after", { config, stopWith: "step-0000006" });
    const rows = (run: string) => outcomeOf(within(run)).rows.filter(({ step }) => step === 6).length;
    expect([rows("before"), rows("after")]).toEqual([1, 2]);
    await train("untrained", { config, stopUntrained: true });
    for (const run of ["before", "after", "untrained"]) {
      await train(run, { config, resume: true });
      expect(outcomeOf(within(run))).toEqual(wanted);
    }
  });
});
