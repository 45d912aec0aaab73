import { readdir, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";

import { createProgram, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createStateStore } from "../state/store.ts";
import { refusal, tensorsLeft } from "../testing/index.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { readCheckpointFacts, removeCheckpoint, restoreCheckpoint, saveCheckpoint } from "./checkpoint.ts";

const facts = {
  step: 3,
  epoch: 1.5,
  network: "moco.online",
  metrics: { loss: 0.25 },
  tsslVersion: "0.0.0",
  savedAt: "2026-01-01T00:00:00.000Z",
};

function storeOf(values: Record<string, tf.Tensor>) {
  const store = createStateStore();
  for (const [name, value] of Object.entries(values)) {
    store.add(name, value, { role: "buffer", trained: false });
  }
  const value = (name: string) => store.get(name).variable.arraySync();
  const { state } = createProgram({ state: store.variables(), mode: "eager" });
  return { store, state, value };
}
const full = () => storeOf({ weight: tf.tensor2d([[1, 2], [3, 4]]), cursor: tf.scalar(9, "int32") }); // prettier-ignore
const blank = () => storeOf({ weight: tf.zeros([2, 2]), cursor: tf.scalar(0, "int32") });

let folder: TemporaryFolder;
beforeAll(() => startEngine({ device: "cpu" }));
beforeEach(async () => (folder = await temporaryFolder()));
afterEach(() => folder.remove());

describe("a checkpoint", () => {
  it("brings back every value and fact", async () => {
    await saveCheckpoint(folder.path, "last", full().state, facts);
    expect(await readCheckpointFacts(folder.path, "last")).toEqual(facts);
    const { store, value } = blank();
    await restoreCheckpoint(folder.path, "last", store);
    expect([value("weight"), value("cursor")]).toEqual([[[1, 2], [3, 4]], 9]); // prettier-ignore
    expect(store.get("cursor").variable.dtype).toBe("int32");
  });

  it("restores what is asked for, and makes no tensors", async () => {
    await saveCheckpoint(folder.path, "last", full().state, facts);
    const { store, value } = blank();
    const before = tf.memory().numTensors;
    await restoreCheckpoint(folder.path, "last", store, (name) => name === "cursor");
    expect(tf.memory().numTensors).toBe(before);
    expect([value("weight"), value("cursor")]).toEqual([[[0, 0], [0, 0]], 9]); // prettier-ignore
    expect(tensorsLeft(() => store.dispose())).toBe(-2);
  });

  it("that does not fit is refused with every reason, and changes nothing", async () => {
    await saveCheckpoint(folder.path, "last", full().state, facts);
    const other = storeOf({ cursor: tf.scalar(5, "int32"), weight: tf.zeros([3]), bias: tf.zeros([1]) });
    expect(await refusal(() => restoreCheckpoint(folder.path, "last", other.store))).toBe(
      [
        `CHECKPOINT: ${path.join(folder.path, "last.safetensors")} does not fit this run:`,
        "  - weight has shape [2, 2], the run needs [3]",
        "  - bias is missing",
      ].join("\n"),
    );
    expect(other.value("cursor")).toBe(5);
  });

  it("that is not there or cut short is refused", async () => {
    const [values, json] = ["last.safetensors", "last.json"].map((name) => path.join(folder.path, name));
    expect(await refusal(() => restoreCheckpoint(folder.path, "last", blank().store))).toContain(
      `CHECKPOINT: ${values} cannot be read: ENOENT`,
    );
    expect(await refusal(() => readCheckpointFacts(folder.path, "last"))).toContain(
      `CHECKPOINT: There is no whole checkpoint ${json}: ENOENT`,
    );
    await saveCheckpoint(folder.path, "last", full().state, facts);
    await truncate(values!, 100);
    expect(await refusal(() => restoreCheckpoint(folder.path, "last", blank().store))).toContain(
      `CHECKPOINT: ${values} is not a whole safetensors file: `,
    );
    await writeFile(json!, "{");
    expect(await refusal(() => readCheckpointFacts(folder.path, "last"))).toContain(
      `CHECKPOINT: There is no whole checkpoint ${json}: `,
    );
  });

  it("writes its facts last and removes them first: a JSON that stands means a whole checkpoint", async () => {
    await saveCheckpoint(folder.path, "last", full().state, facts);
    expect((await readdir(folder.path)).sort()).toEqual(["last.json", "last.safetensors"]);
    await removeCheckpoint(folder.path, "last");
    expect(await readdir(folder.path)).toEqual([]);
    await removeCheckpoint(folder.path, "last"); // again is no error
    // Values that cannot be written leave no facts behind.
    await rm(folder.path, { recursive: true });
    await expect(saveCheckpoint(folder.path, "last", full().state, facts)).rejects.toThrow("ENOENT");
  });
});
