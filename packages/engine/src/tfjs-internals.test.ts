import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";

import { startEngine } from "./start.ts";
import { nativeBackend, replaceMethods, tfjsEngine } from "./tfjs-internals.ts";

beforeAll(() => startEngine({ device: "cpu" }));

describe("what tfjs's types leave out is there", () => {
  it.each(["runKernelFunc", "gradients", "addTapeNode", "trackTensor", "makeVariable"] as const)(
    "engine.%s",
    (name) => expect(tfjsEngine()[name]).toBeTypeOf("function"),
  );

  it("the engine's state", () => {
    const { state } = tfjsEngine();
    expect(state.scopeStack).toBeInstanceOf(Array);
    expect(state.registeredVariables).toBeTypeOf("object");
    tf.grad((x) => {
      const y = tf.square(x);
      expect(state.activeTape.at(-1)!.outputs).toContain(y);
      return y;
    })(tf.scalar(1));
  });

  it.each([
    "executeSingleOutput",
    "executeMultipleOutputs",
    "readSync",
    "read",
    "createOutputTensor",
  ] as const)("backend.%s", (name) => expect(nativeBackend()[name]).toBeTypeOf("function"));

  it("the addon", () => {
    const { binding } = nativeBackend();
    expect(binding.TF_Version).toMatch(/^2\.\d+/);
    expect(binding.TF_FLOAT).toBe(1); // DT_FLOAT of TensorFlow's types.proto
    for (const name of ["createTensor", "deleteTensor", "executeOp"] as const) {
      expect(binding[name]).toBeTypeOf("function");
    }
  });
});

describe("replaceMethods", () => {
  class Counter {
    own = () => "own";
    shared() {
      return "shared";
    }
  }

  it("puts back an object's own methods, and shows those of its class again", () => {
    const counter = new Counter();
    const restore = replaceMethods(counter, { own: () => "other", shared: () => "other" });
    expect([counter.own(), counter.shared()]).toEqual(["other", "other"]);
    restore();
    expect([counter.own(), counter.shared()]).toEqual(["own", "shared"]);
    expect(Object.keys(counter)).toEqual(["own"]);
  });

  it("puts back in the opposite order what was replaced twice", () => {
    const counter = new Counter();
    const first = replaceMethods(counter, { shared: () => "first" });
    const second = replaceMethods(counter, { shared: () => "second" });
    second();
    expect(counter.shared()).toBe("first");
    first();
    expect(counter.shared()).toBe("shared");
  });
});
