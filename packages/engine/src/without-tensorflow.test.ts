import fs from "node:fs";

import * as tf from "@tensorflow/tfjs";
import { afterAll, describe, expect, it, vi } from "vitest";

import { checkEngine } from "./check.ts";
import { createProgram } from "./compile/program.ts";
import { watchOps } from "./inspect/watch-ops.ts";
import { startEngine, usesDevice } from "./start.ts";
import { cpuPlugin } from "./testing/index.ts";

const plugin = await cpuPlugin();

vi.mock(import("./installed.ts"), async (original) => {
  const { notSetUp } = await import("./messages/not-set-up.ts");
  return {
    ...(await original()),
    installedAddon: () => {
      throw notSetUp(new Error("no addon"));
    },
  };
});
afterAll(() => vi.unstubAllEnvs());

// The tests go on from each other, as a process does.
describe.skipIf(plugin === undefined)("an engine where TensorFlow is not set up", () => {
  it.each([
    { device: "cpu" },
    { device: "cpu", backend: "auto" },
    { device: "cpu", backend: "tensorflow" },
  ] as const)("is not started on the CPU: %o", async (options) => {
    await expect(startEngine(options)).rejects.toMatchObject({ code: "NOT_SET_UP" });
  });

  it("starts on a device, and is told what is not there", async () => {
    vi.stubEnv("TSSL_PJRT_PLUGIN", plugin);
    const { tensorflow, device, threads } = await startEngine({ backend: "pjrt" });
    expect({ tensorflow, device }).toEqual({ tensorflow: undefined, device: "cpu" });
    expect(threads).toBeGreaterThan(0);
    expect(usesDevice()).toBe(true);
    expect(fs.readFileSync("/proc/self/maps", "utf8")).not.toContain("libtensorflow");
  });

  it("computes outside of steps in JavaScript, and in steps on the device", async () => {
    const x = tf.variable(tf.mul(tf.tensor1d([1, 2]), 3));
    const program = createProgram({ mode: "pjrt", state: { x }, tensorFloat32: false });
    const step = program.compile("step", () => {
      x.assign(tf.square(x));
      return { sum: tf.sum(x) };
    });
    const { sum } = await step.run({});
    expect([...sum!.values]).toEqual([45]); // an assigned variable is read as assigned
    expect([...program.state.read("x").values]).toEqual([9, 36]);
    await program.dispose();
  });

  it("refuses TensorFlow's modes with what to do", () => {
    for (const mode of ["eager", "graph"] as const) {
      expect(() => createProgram({ mode, state: {} })).toThrow(/not set up.*npx tssl-engine-setup/);
    }
    expect(() => watchOps(() => {})).toThrow(/not set up/);
  });

  it("is checked without what TensorFlow would compute", async () => {
    const { convolutionError, gflops, pjrt, problems } = await checkEngine({ backend: "pjrt" });
    expect({ convolutionError, gflops }).toEqual({ convolutionError: undefined, gflops: undefined });
    expect(pjrt).toMatchObject({ device: "cpu" });
    expect(problems).toEqual([]);
  });
});
