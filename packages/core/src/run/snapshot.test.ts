import { createProgram, startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { createStateStore } from "../state/store.ts";
import { refusedWith, tensorsLeft } from "../testing/index.ts";
import { restoreSnapshot, takeSnapshot } from "./snapshot.ts";

function storeOf(values: Record<string, tf.Tensor>) {
  const store = createStateStore();
  for (const [name, value] of Object.entries(values)) {
    store.add(name, value, { role: "buffer", trained: false });
  }
  const value = (name: string) => store.get(name).variable.arraySync();
  return { store, value };
}
const blank = () => storeOf({ weight: tf.zeros([2, 2]), cursor: tf.scalar(0, "int32") });
const snapshot = () => {
  const { store } = storeOf({ weight: tf.tensor2d([[1, 2], [3, 4]]), cursor: tf.scalar(9, "int32") }); // prettier-ignore
  return takeSnapshot(createProgram({ state: store.variables(), mode: "eager" }).state);
};

beforeAll(() => startEngine({ device: "cpu" }));

describe("a snapshot", () => {
  it("brings back every value, with its type", () => {
    const { store, value } = blank();
    restoreSnapshot(snapshot(), store, { source: "x" });
    expect([value("weight"), value("cursor")]).toEqual([[[1, 2], [3, 4]], 9]); // prettier-ignore
    expect(store.get("cursor").variable.dtype).toBe("int32");
  });

  it("restores what is asked for, and makes no tensors", () => {
    const saved = snapshot();
    const { store, value } = blank();
    const restore = () => restoreSnapshot(saved, store, { source: "x", only: (name) => name === "cursor" });
    expect(tensorsLeft(restore)).toBe(0);
    expect([value("weight"), value("cursor")]).toEqual([[[0, 0], [0, 0]], 9]); // prettier-ignore
    expect(tensorsLeft(() => store.dispose())).toBe(-2);
  });

  it("that does not fit is refused with every reason, and changes nothing", async () => {
    const saved = snapshot();
    const other = storeOf({ cursor: tf.scalar(5, "int32"), weight: tf.zeros([3]), bias: tf.zeros([1]) });
    expect(await refusedWith(() => restoreSnapshot(saved, other.store, { source: "step-0000003" }))).toEqual({
      code: "CHECKPOINT",
      data: {
        source: "step-0000003",
        misfits: [
          { name: "weight", saved: [2, 2], wanted: [3] },
          { name: "bias", wanted: [1] },
        ],
      },
    });
    expect(other.value("cursor")).toBe(5);
  });

  it("of another type than the weight's is refused: its bytes would be read as other numbers", async () => {
    const { store, value } = blank();
    const saved = { ...snapshot(), weight: { shape: [2, 2], data: Int32Array.of(1, 2, 3, 4) } };
    expect(await refusedWith(() => restoreSnapshot(saved, store, { source: "step-0000003" }))).toMatchObject({
      code: "CHECKPOINT",
      data: { misfits: [{ name: "weight", types: { saved: "int32", wanted: "float32" } }] },
    });
    expect(value("weight")).toEqual([[0, 0], [0, 0]]); // prettier-ignore
  });
});
