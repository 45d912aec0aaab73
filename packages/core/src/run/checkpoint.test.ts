import { readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { refusedWith } from "../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import {
  type CheckpointFacts,
  checkpointName,
  listCheckpoints,
  readCheckpoint,
  readCheckpointFacts,
  readNewestCheckpoint,
  removeCheckpoint,
  removeUnfinished,
  saveCheckpoint,
} from "./checkpoint.ts";
import { aCheckpoint } from "./checkpoint.test.data.ts";
import type { Snapshot } from "./snapshot.ts";

const snapshot: Snapshot = {
  weight: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
  cursor: { shape: [], data: Int32Array.of(9) },
};
const facts: CheckpointFacts = aCheckpoint({ step: 3 });

let folder: TemporaryFolder;
beforeEach(async () => (folder = await temporaryFolder()));
afterEach(() => folder.remove());
const within = (name: string) => path.join(folder.path, name);
const save = (step: number, values = snapshot) =>
  saveCheckpoint(folder.path, checkpointName(step), values, aCheckpoint({ step }));

describe("a checkpoint", () => {
  it("brings back every value and fact", async () => {
    await save(3);
    expect(await readCheckpointFacts(folder.path, "step-0000003")).toEqual(facts);
    expect(await readCheckpoint(folder.path, "step-0000003")).toEqual({
      name: "step-0000003",
      facts,
      snapshot,
    });
  });

  it("that is not there is refused", async () => {
    const json = within("step-0000003.json");
    expect(await refusedWith(() => readCheckpoint(folder.path, "step-0000003"))).toEqual({
      code: "CHECKPOINT",
      data: { file: json },
    });
  });

  it("of another format is refused, not taken for damaged", async () => {
    const json = within("step-0000003.json");
    await writeFile(json, JSON.stringify({ format: 2 }));
    expect(await refusedWith(() => readCheckpointFacts(folder.path, "step-0000003"))).toEqual({
      code: "CHECKPOINT",
      data: { file: json, format: 2, own: 1 },
    });
  });

  it("that is cut short or altered is found out", async () => {
    const [values, json] = ["step-0000003.safetensors", "step-0000003.json"].map(within) as [string, string];
    const found = () => refusedWith(() => readCheckpoint(folder.path, "step-0000003"));
    await save(3);
    const whole = await readFile(values);
    await truncate(values, 100);
    expect(await found()).toEqual({
      code: "CHECKPOINT_DAMAGED",
      data: { file: values, found: 100, written: whole.length },
    });
    const flipped = Buffer.from(whole);
    flipped[whole.length - 1]! ^= 1;
    await writeFile(values, flipped);
    expect(await found()).toEqual({ code: "CHECKPOINT_DAMAGED", data: { file: values } });
    await rm(values);
    expect(await found()).toEqual({ code: "CHECKPOINT_DAMAGED", data: { file: values } });
    for (const [text, reason] of [
      ["{", "it is not whole"],
      ["", "it is empty"],
      ["null", "it must be object, got null"],
      ["{}", "format is missing"],
    ]) {
      await writeFile(json, text!);
      expect(await found()).toEqual({
        code: "CHECKPOINT_DAMAGED",
        data: { file: json, reason: expect.stringContaining(reason!) as string },
      });
    }
  });

  it("with hostile JSON is refused, whatever its checksum says, and not passed over", async () => {
    const json = within("step-0000003.json");
    await save(3);
    const written = JSON.parse(await readFile(json, "utf8")) as { history: object; values: object };
    for (const [change, reason] of [
      [{ history: [] }, "history must be object, got a list of 0"],
      [{ history: { ...written.history, clock: null } }, "history.clock must be object, got null"],
      [{ history: { ...written.history, evaluations: [7] } }, "history.evaluations.0 must be object, got 7"],
      [{ versions: "0.0.0" }, 'versions must be object, got "0.0.0"'],
      [{ values: 3 }, "values must be object, got 3"],
      [{ values: { ...written.values, bytes: -1 } }, "values.bytes must be >= 0, got -1"],
      [{ metricsRows: 1.5 }, "metricsRows must be integer, got 1.5"],
      [{ config: null }, "config must be object, got null"],
      [{ step: 4 }, "step must be that of its name, got 4"],
    ] as const) {
      await writeFile(json, JSON.stringify({ ...written, ...change }));
      for (const read of [
        () => readCheckpoint(folder.path, "step-0000003"),
        () => readNewestCheckpoint(folder.path, () => {}),
      ]) {
        expect(await refusedWith(read)).toEqual({ code: "CHECKPOINT", data: { file: json, reason } });
      }
    }
  });

  it("reads numbers that are none, for which JSON has null, as NaN", async () => {
    await saveCheckpoint(folder.path, "step-0000003", snapshot, {
      ...facts,
      metrics: { rank: NaN },
      knn: NaN,
    });
    expect(await readCheckpointFacts(folder.path, "step-0000003")).toMatchObject({
      metrics: { rank: NaN },
      knn: NaN,
    });
  });

  it("writes its facts last and removes them first: a JSON that stands means a whole checkpoint", async () => {
    await save(3);
    expect((await readdir(folder.path)).sort()).toEqual(["step-0000003.json", "step-0000003.safetensors"]);
    await removeCheckpoint(folder.path, "step-0000003");
    expect(await readdir(folder.path)).toEqual([]);
    await removeCheckpoint(folder.path, "step-0000003"); // again is no error
  });

  it("that finds the disk full leaves no facts, and the one before as it was", async () => {
    await save(3);
    await symlink("/dev/full", within(`step-0000004.safetensors.${process.pid}.part`)); // whose writes all fail so
    await expect(save(4)).rejects.toMatchObject({ code: "ENOSPC" });
    expect(await listCheckpoints(folder.path)).toEqual(["step-0000003"]);
    expect((await readdir(folder.path)).length).toBe(2);
    expect((await readCheckpoint(folder.path, "step-0000003")).snapshot).toEqual(snapshot);
  });
});

describe("the checkpoints of a folder", () => {
  it("are listed by step, and nothing else is", async () => {
    for (const step of [12_345_678, 9_999_999, 100]) await save(step);
    await writeFile(within("step-0000007.safetensors"), "");
    await writeFile(within("notes.json"), "{}");
    await writeFile(within("step-99999999999999999999.json"), "{}");
    expect(await listCheckpoints(folder.path)).toEqual(["step-0000100", "step-9999999", "step-12345678"]);
    expect(await listCheckpoints(within("nowhere"))).toEqual([]);
    await expect(listCheckpoints(within("notes.json"))).rejects.toMatchObject({ code: "RUN_FOLDER" });
  });

  it("are gone through from the newest to the first that is whole", async () => {
    for (const step of [1, 2, 3, 4]) await save(step);
    await truncate(within("step-0000004.safetensors"), 10);
    await truncate(within("step-0000003.json"), 10);
    const damaged: string[] = [];
    const found = await readNewestCheckpoint(folder.path, (name) => damaged.push(name));
    expect(found!.name).toBe("step-0000002");
    expect(damaged).toEqual(["step-0000004", "step-0000003"]);
    expect(await readNewestCheckpoint(within("nowhere"), () => {})).toBe(undefined);
  });

  it("stay when what a killed process left is cleared away", async () => {
    await save(1);
    await writeFile(within("step-0000002.safetensors"), ""); // its facts were never written
    await writeFile(within("step-0000001.json.77.part"), "");
    await removeUnfinished(folder.path);
    expect((await readdir(folder.path)).sort()).toEqual(["step-0000001.json", "step-0000001.safetensors"]);
  });
});
