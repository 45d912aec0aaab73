import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { type RunObserver, runTraining } from "@tssl/core";
import { smallConvNet } from "@tssl/core/testing";
import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { compositions, smallRun } from "./compositions.test.data.ts";
import { copyImages } from "./few-images.test.data.ts";
import { resolveConfig } from "./read-run-config.ts";
import { outcomeOf } from "./run-numbers.test.data.ts";

const STEPS = 12;

let folder: string;
let data: { train: string; test: string };
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-resume-"));
  const subset = await cifar10Subset();
  data = {
    train: copyImages(subset.train, path.join(folder, "train"), 12),
    test: copyImages(subset.test, path.join(folder, "test"), 5),
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const within = (name: string) => path.join(folder, name);

interface Part {
  readonly config: Record<string, unknown>;
  readonly resume?: boolean;
  /** Stops the run once this step has been reported. */
  readonly stopAt?: number;
  readonly observer?: RunObserver;
}

async function train(out: string, { config, resume = false, stopAt, observer }: Part) {
  const controller = new AbortController();
  const stopping: RunObserver = {
    onStep: ({ step }) => {
      if (step === stopAt) controller.abort();
    },
  };
  return runTraining({
    config: await resolveConfig({ ...smallRun(data, { use: smallConvNet }), ...config }, ".", "test"),
    out: within(out),
    observers: [stopping, ...(observer === undefined ? [] : [observer])],
    signal: controller.signal,
    ...(resume ? { resume: { allowedChanges: [] } } : {}),
  });
}

/** With everything that has a state or draws a number of its own. */
const { config: everything } = compositions.at(-1)!;

describe("a run that is stopped at any step and goes on", () => {
  it.each(["eager", "graph", "xla"])(
    "gives the numbers of one that was not stopped: %s",
    async (mode) => {
      const config = { ...everything, engine: { mode } };
      const whole = await train(`${mode}-whole`, { config });
      expect(whole.status).toBe("finished");
      const wanted = outcomeOf(within(`${mode}-whole`));
      expect(wanted.rows.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12, 12]);

      const stopAt = 1 + Math.floor(Math.random() * (STEPS - 1));
      const first = await train(`${mode}-parts`, { config, stopAt });
      expect(first.status).toBe("interrupted");
      expect(first.steps).toBeGreaterThanOrEqual(stopAt);
      const second = await train(`${mode}-parts`, { config, resume: true });
      expect(second.status).toBe("finished");
      expect(outcomeOf(within(`${mode}-parts`)).rows, `stopped at step ${first.steps}`).toEqual(wanted.rows);
      // Checkpoints along the way lie where the run was stopped; the last one is the same to the bit.
      const last = (name: string) => {
        const { values, facts } = outcomeOf(within(name));
        return { values: values.at(-1), facts: facts.at(-1) };
      };
      expect(last(`${mode}-parts`)).toEqual(last(`${mode}-whole`));
      // What is kept of both parts.
      expect(second.evaluations).toEqual(whole.evaluations);
      expect(second.seconds).toBeGreaterThan(first.seconds);
    },
    300_000,
  ); // XLA compiles three steps
});
