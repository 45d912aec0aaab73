import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { type RunObserver, runTraining } from "@tssl/core/run";
import { smallConvNet } from "@tssl/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Composition, compositions, smallRun } from "./compositions.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { resolveConfig } from "./read-run-config.ts";
import { loggedNumbers } from "./run-numbers.test.data.ts";

let folder: string;
let data: { readonly train: string; readonly test: string };
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-numbers-"));
  data = await copyTrainAndTest(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let runs = 0;

/** Trains, and stops after so many steps where it is told to. @returns the run folder. */
async function trained(
  { config }: Composition,
  accumulate: number,
  { stopAfter, resume }: { readonly stopAfter?: number; readonly resume?: string } = {},
): Promise<string> {
  const out = resume ?? path.join(folder, `run-${runs++}`);
  const stop = new AbortController();
  const stopping: RunObserver = {
    onStep({ step }) {
      if (step === stopAfter) stop.abort();
    },
  };
  const outcome = await runTraining({
    config: await resolveConfig(
      {
        ...smallRun(data, { use: smallConvNet }),
        ...config,
        ...{ accumulate, engine: { mode: "graph" }, health: { everySteps: 4 } },
        checkpoint: { everySteps: 2 },
      },
      folder,
      "config.yaml",
    ),
    out,
    signal: stop.signal,
    observers: [stopping],
    ...(resume === undefined ? {} : { resume: { allowedChanges: [] } }),
  });
  expect(outcome.status, outcome.reason).toBe(stopAfter === undefined ? "finished" : "interrupted");
  return out;
}

/** Queues of 40 rows hold the parts of each: 16, 8 and 4 images. */
const parts = [1, 2, 4];

describe("every number that is logged, speed apart, is fixed by the seed", () => {
  it.each(compositions.flatMap((each) => parts.map((accumulate) => [each.name, accumulate, each] as const)))(
    "%s, in %i parts",
    async (_name, accumulate, composition) => {
      const first = loggedNumbers(await trained(composition, accumulate));
      expect(loggedNumbers(await trained(composition, accumulate))).toEqual(first);
      expect(loggedNumbers(await trained(composition, accumulate))).toEqual(first);
      const stopped = await trained(composition, accumulate, { stopAfter: 5 });
      expect(loggedNumbers(stopped).length).toBeLessThan(first.length);
      await trained(composition, accumulate, { resume: stopped });
      expect(loggedNumbers(stopped)).toEqual(first);
    },
    300_000,
  );
});
