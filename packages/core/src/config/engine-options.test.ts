import { describe, expect, it } from "vitest";

import { engineOptions, programOptions } from "./engine-options.ts";

const settings = {
  device: "auto",
  threads: null,
  gpuMemoryGrowth: true,
  backend: "auto",
  mode: "auto",
  replicas: 1,
} as const;

describe("engineOptions", () => {
  it("leaves out what the engine is to choose, and allows TensorFloat-32 where it was asked for", () => {
    expect(engineOptions({ ...settings, precision: "float32" })).toEqual({
      device: "auto",
      backend: "auto",
      gpuMemoryGrowth: true,
      tf32: false,
      replicas: 1,
    });
    expect(engineOptions({ ...settings, threads: 3, precision: "tf32" })).toMatchObject({
      threads: 3,
      tf32: true,
    });
  });
});

describe("engineOptions of a backend", () => {
  it.each([
    ["auto", "auto", "auto"],
    ["auto", "graph", "tensorflow"],
    ["tensorflow", "auto", "tensorflow"],
    ["pjrt", "auto", "pjrt"],
  ] as const)("%s with mode %s: asks for %s", (backend, mode, asked) => {
    expect(engineOptions({ ...settings, backend, mode, precision: "float32" }).backend).toBe(asked);
  });
});

describe("programOptions", () => {
  it.each([
    ["float32", "float32"],
    ["tf32", "float32"],
    ["bfloat16", "bfloat16"],
  ] as const)("of %s: steps are written in %s", (precision, written) => {
    expect(programOptions({ ...settings, precision }, { device: "cpu" }).precision).toBe(written);
  });

  it("chooses the mode of the device", () => {
    expect(programOptions({ ...settings, precision: "float32" }, { device: "gpu" }).mode.mode).toBe("xla");
    expect(
      programOptions({ ...settings, mode: "eager", precision: "float32" }, { device: "gpu" }).mode.mode,
    ).toBe("eager");
  });

  it("takes the GPU that the engine found, but for a mode of TensorFlow", () => {
    const engine = {
      device: "cpu",
      accelerator: { deviceName: "H100", plugin: "plugin.so", cards: 1 },
    } as const;
    const float32 = { ...settings, precision: "float32" } as const;
    expect(programOptions(float32, engine).mode).toEqual({
      mode: "pjrt",
      reason: "auto: H100 was proved to compute",
    });
    expect(programOptions({ ...float32, mode: "graph" }, engine).mode.mode).toBe("graph");
  });

  it("takes the plugin of a device by backend pjrt, which has no modes of TensorFlow", () => {
    const pjrt = { ...settings, backend: "pjrt", precision: "float32" } as const;
    expect(programOptions(pjrt, { device: "cpu" }).mode.mode).toBe("pjrt");
    expect(() => programOptions({ ...pjrt, mode: "graph" }, { device: "cpu" })).toThrow(
      "engine.mode graph is TensorFlow's, and engine.backend is pjrt. Leave engine.mode out, or set " +
        "engine.backend to tensorflow.",
    );
  });
});
