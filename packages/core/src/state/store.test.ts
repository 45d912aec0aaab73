import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { refusedWith, tensorsLeft } from "../testing/index.ts";
import { createStateStore } from "./store.ts";

const weight = { role: "weight", trained: true } as const;
const buffer = { role: "buffer", trained: false } as const;

beforeAll(() => startEngine({ device: "cpu" }));

describe("state store", () => {
  it("keeps values by name, in the order in which they were made", () => {
    const store = createStateStore();
    store.add("b", tf.tensor1d([1, 2]), weight);
    store.add("a", tf.scalar(3, "int32"), buffer);
    expect(store.entries().map(({ name }) => name)).toEqual(["b", "a"]);
    expect(store.trained().map(({ name }) => name)).toEqual(["b"]);
    expect([...store.get("b").variable.dataSync()]).toEqual([1, 2]);
    expect(store.get("a").variable.dtype).toBe("int32");
  });

  it("refuses a name twice, and one that is not there", async () => {
    const store = createStateStore();
    store.add("a", tf.scalar(1), weight);
    expect(await refusedWith(() => store.add("a", tf.scalar(1), weight))).toEqual({
      code: "INVALID_PLUGIN",
      data: { name: "a" },
    });
    expect(await refusedWith(() => store.get("b"))).toEqual({
      code: "INVALID_PLUGIN",
      data: { name: "b" },
    });
  });

  it("holds one tensor per value, and none after dispose", () => {
    const store = createStateStore();
    expect(tensorsLeft(() => store.add("a", tf.ones([2]), weight))).toBe(1);
    expect(tensorsLeft(() => store.dispose())).toBe(-1);
  });
});
