import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { FineTuneResult } from "../evaluation/fine-tune-result.ts";
import { FINE_TUNING_OF_OTHERS } from "../messages/notices.ts";
import { fineTuningInUse } from "../messages/run-folder.ts";
import { refusal } from "../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { aCheckpoint } from "./checkpoint.test.data.ts";
import { type FineTuneState, type KeptFineTuning, openFineTuning } from "./kept-fine-tuning.ts";

const { environment } = aCheckpoint();

const state = (epoch: number, batch: number): FineTuneState => ({
  point: { epoch, batch, sum: batch / 3, mean: epoch === 0 ? NaN : 0.1 },
  snapshot: { weight: { shape: [2], data: Float32Array.of(epoch, batch) } },
});

const result: FineTuneResult = {
  ...{ fraction: 0.1, trainImages: 4, trunkRate: 0.01, headRate: 0.2, trainLoss: 1 / 3 },
  ...{ images: 2, top1: 0.5, top5: null, balancedAccuracy: 0.5, largestClass: 1, perClass: [0.5, null] },
  confusion: [[1, 1], [0, 0]], // prettier-ignore
};

let run: TemporaryFolder;
beforeEach(async () => (run = await temporaryFolder()));
afterEach(() => run.remove());

/** Opens it, works with it and gives it back. @returns what was found. */
async function open(
  work: (kept: KeptFineTuning) => Promise<void> = () => Promise.resolve(),
  { of = "the same", asked = 0.1 }: { of?: string; asked?: number } = {},
): Promise<Pick<KeptFineTuning, "found" | "unusable">> {
  const kept = await openFineTuning(run.path, { asked, of, environment });
  try {
    await work(kept);
    const { found, unusable } = kept;
    return { ...(found && { found }), ...(unusable === undefined ? {} : { unusable }) };
  } finally {
    kept.close();
  }
}

/** The files of the only one that is unfinished. */
async function files(): Promise<{ readonly folder: string; readonly names: readonly string[] }> {
  const evaluations = path.join(run.path, "evaluations");
  const folder = path.join(evaluations, (await readdir(evaluations))[0]!);
  return { folder, names: (await readdir(folder)).sort() };
}

describe("an unfinished fine-tuning", () => {
  it("has its last state, and nothing else", async () => {
    await open(async (kept) => {
      await kept.save(state(0, 2));
      await kept.save(state(1, 0));
    });
    expect((await files()).names).toEqual(["epoch-1-batch-0.safetensors", "state.json"]);
    expect(await open()).toEqual({ found: { environment, state: state(1, 0) } });
    await open((kept) => kept.save(state(0, 1)));
    expect((await open()).found!.state).toEqual(state(0, 1)); // a mean of NaN is one again
  });

  it("has its result once it has ended, until it is deleted", async () => {
    await open(async (kept) => {
      await kept.save(state(0, 2));
      await kept.end(result);
    });
    expect((await files()).names).toEqual(["state.json"]);
    expect(await open()).toEqual({ found: { environment, result } });
    await open((kept) => kept.remove());
    expect(await readdir(path.join(run.path, "evaluations"))).toEqual([]);
    expect(await open()).toEqual({});
  });

  it("is one for each thing that is asked for, and not gone on from where the rest differs", async () => {
    await open((kept) => kept.save(state(0, 2)));
    expect(await open(undefined, { asked: 1 })).toEqual({});
    expect(await open(undefined, { of: "other" })).toEqual({ unusable: FINE_TUNING_OF_OTHERS });
    await open((kept) => kept.save(state(0, 1)), { of: "other" });
    expect((await open(undefined, { of: "other" })).found!.state).toEqual(state(0, 1));
  });

  it("is kept from other processes", async () => {
    await open(async () => {
      const found = await refusal(() => open());
      const { owner } = { owner: { pid: process.pid } };
      expect(found).toBe(`RUN_FOLDER: ${fineTuningInUse(run.path, { owner, isUnseen: false }, "").message}`);
    });
    expect(await open()).toEqual({});
  });

  it("that is damaged is told, and begun anew", async () => {
    await open((kept) => kept.save(state(0, 2)));
    const { folder } = await files();
    const [values, json] = ["epoch-0-batch-2.safetensors", "state.json"].map((name) => path.join(folder, name)) as [string, string]; // prettier-ignore
    const whole = await readFile(values);
    await truncate(values, 100);
    expect(await open()).toEqual({ unusable: `${values} has 100 bytes of ${whole.length}.` });
    const flipped = Buffer.from(whole);
    flipped[whole.length - 1]! ^= 1;
    await writeFile(values, flipped);
    expect((await open()).unusable).toContain("its checksum differs");
    await truncate(json, 20);
    expect((await open()).unusable).toContain(`${json} is damaged: it is not whole`);
    await open((kept) => kept.save(state(0, 2)));
    expect((await open()).found!.state).toEqual(state(0, 2));
  });
});
