import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { createStateStore, type StateStore } from "../state/store.ts";
import { type CheckpointFacts, restoreCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { writeWhole } from "./write-whole.ts";

let folder: string;

beforeAll(() => startEngine({ device: "cpu" }));
beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "tssl-checkpoint-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const facts: CheckpointFacts = {
  step: 3,
  epoch: 1,
  network: "moco.online",
  metrics: { loss: 1.5 },
  tsslVersion: "0.1.0",
  savedAt: "2026-01-01T00:00:00.000Z",
};

function storeOf(values: Record<string, tf.Tensor>): StateStore {
  const store = createStateStore();
  for (const [name, value] of Object.entries(values))
    store.add(name, value, { role: "buffer", trained: false });
  return store;
}

describe("safetensors", () => {
  const arrays = {
    weight: { shape: [2, 2], data: Float32Array.of(1, -2.5, 3, Number.MIN_VALUE) },
    cursor: { shape: [], data: Int32Array.of(-7) },
  };

  it("are laid out as the format says: header length, JSON, raw little-endian values", () => {
    const file = Buffer.from(encodeSafetensors(arrays));
    const length = Number(file.readBigUInt64LE(0));
    expect((8 + length) % 8).toBe(0);
    expect(JSON.parse(file.toString("utf8", 8, 8 + length))).toEqual({
      __metadata__: {},
      weight: { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] },
      cursor: { dtype: "I32", shape: [], data_offsets: [16, 20] },
    });
    expect(file.readFloatLE(8 + length + 4)).toBe(-2.5);
    expect(file.readInt32LE(8 + length + 16)).toBe(-7);
  });

  it("come back as they were", () => {
    expect(decodeSafetensors(encodeSafetensors(arrays), "x")).toEqual(arrays);
  });

  it("that are cut short are refused by name", () => {
    const whole = encodeSafetensors(arrays);
    expect(() => decodeSafetensors(whole.subarray(0, whole.length - 1), "run/a.safetensors")).toThrow(
      'run/a.safetensors is not a whole safetensors file: "cursor" ends at byte',
    );
    expect(() => decodeSafetensors(new Uint8Array(3), "b")).toThrow("b is not a whole safetensors file");
  });
});

describe("checkpoints", () => {
  it("put every value back", async () => {
    const saved = storeOf({ a: tf.tensor2d([[1, 2]]), b: tf.scalar(5, "int32") });
    await saveCheckpoint(folder, "step-3", saved, facts);
    expect((await readdir(folder)).sort()).toEqual(["step-3.json", "step-3.safetensors"]);
    const other = storeOf({ a: tf.zeros([1, 2]), b: tf.scalar(0, "int32") });
    await restoreCheckpoint(folder, "step-3", other);
    expect([...other.get("a").variable.dataSync()]).toEqual([1, 2]);
    expect([...other.get("b").variable.dataSync()]).toEqual([5]);
  });

  it("that do not fit are refused, naming everything that differs", async () => {
    await saveCheckpoint(folder, "step-3", storeOf({ a: tf.zeros([1, 2]) }), facts);
    const other = storeOf({ a: tf.zeros([3]), b: tf.scalar(0) });
    await expect(restoreCheckpoint(folder, "step-3", other)).rejects.toThrow(
      "  - a has shape [1, 2], the run needs [3]\n  - b is missing",
    );
  });
});

describe("writeWhole", () => {
  it("leaves the old file, and nothing else, when writing fails", async () => {
    const file = path.join(folder, "x.json");
    await writeFile(file, "old");
    await expect(writeWhole(path.join(folder, "missing", "x.json"), "new")).rejects.toThrow("ENOENT");
    await expect(writeWhole(file, { not: "text" } as unknown as string)).rejects.toThrow();
    expect(await readFile(file, "utf8")).toBe("old");
    expect(await readdir(folder)).toEqual(["x.json"]);
  });
});
