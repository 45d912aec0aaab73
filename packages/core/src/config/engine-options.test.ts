import { describe, expect, it } from "vitest";

import { engineOptions, programOptions } from "./engine-options.ts";

const settings = {
  device: "auto",
  threads: null,
  gpuMemoryGrowth: true,
  backend: "auto",
  mode: "auto",
} as const;

describe("engineOptions", () => {
  it("leaves out what the engine is to choose, and allows TensorFloat-32 where it was asked for", () => {
    expect(engineOptions({ ...settings, precision: "float32" })).toEqual({
      device: "auto",
      gpuMemoryGrowth: true,
      tf32: false,
    });
    expect(engineOptions({ ...settings, threads: 3, precision: "tf32" })).toMatchObject({
      threads: 3,
      tf32: true,
    });
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

  it("takes the plugin of a device by backend pjrt, which has no modes of TensorFlow", () => {
    const pjrt = { ...settings, backend: "pjrt", precision: "float32" } as const;
    expect(programOptions(pjrt, { device: "cpu" }).mode.mode).toBe("pjrt");
    expect(() => programOptions({ ...pjrt, mode: "graph" }, { device: "cpu" })).toThrow(
      "engine.mode graph is TensorFlow's, and engine.backend is pjrt. Leave engine.mode out, or set " +
        "engine.backend to tensorflow.",
    );
  });
});
