import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { startEngine } from "../start.ts";
import { tensorsLeft } from "../testing/index.ts";
import { attribute, fromBytes, rawOp } from "./raw-op.ts";

// First in this file: the engine starts once per process.
describe("before the engine is started", () => {
  const refusal: unknown = expect.objectContaining({ code: "NOT_STARTED" });

  it("rawOp says what to do", () => {
    expect(() => rawOp("Relu", { T: attribute.type("float32") }, [tf.tensor1d([1])], 1)).toThrow(refusal);
  });

  it("fromBytes says what to do", () => {
    expect(() => fromBytes(Uint8Array.of(1), [1])).toThrow(refusal);
  });
});

describe("once it is started", () => {
  beforeAll(() => startEngine({ device: "cpu" }));

  it("rawOp runs an op by its name", () => {
    const [y] = rawOp("Relu", { T: attribute.type("float32") }, [tf.tensor1d([-1, 2])], 1);
    expect([...y!.dataSync()]).toEqual([0, 2]);
  });

  it("rawOp returns several outputs, and leaves them alone behind", () => {
    const x = tf.tensor1d([3, 9, 5]);
    const run = () => rawOp("TopKV2", { T: attribute.type("float32") }, [x, tf.scalar(2, "int32")], 2);
    const [values, indices] = run();
    expect([...values!.dataSync()]).toEqual([9, 5]);
    expect([...indices!.dataSync()]).toEqual([1, 2]);
    expect(tensorsLeft(run)).toBe(3); // two outputs and the scalar made here
  });

  it("rawOp passes TensorFlow's own words on", () => {
    expect(() => rawOp("NoSuchOp", {}, [], 1)).toThrow(/NoSuchOp/);
    const axis = { axis: attribute.int(5), T: attribute.type("float32"), N: attribute.int(1) };
    expect(() => rawOp("Pack", axis, [tf.tensor1d([1])], 1)).toThrow(/axis/);
  });

  it("fromBytes keeps every value from 0 to 255, in order", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const tensor = fromBytes<tf.Rank.R2>(bytes, [16, 16]);
    bytes.fill(7); // the bytes were copied
    expect([tensor.dtype, tensor.shape]).toEqual(["float32", [16, 16]]);
    expect([...tensor.dataSync()]).toEqual(Array.from({ length: 256 }, (_, i) => i));
  });

  it("fromBytes reads a view at its own offset, and leaves one tensor", () => {
    const view = Uint8Array.of(9, 8, 7, 6).subarray(1, 3);
    expect([...fromBytes(view, [2]).dataSync()]).toEqual([8, 7]);
    expect(tensorsLeft(() => fromBytes(view, [2]))).toBe(1);
  });
});
