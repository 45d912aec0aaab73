import { describe, expect, it } from "vitest";

import { engineOptions, programOptions } from "./engine-options.ts";

const settings = { device: "auto", threads: null, gpuMemoryGrowth: true, mode: "auto" } as const;

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
    expect(programOptions({ mode: "auto", precision }, { device: "cpu" }).precision).toBe(written);
  });

  it("chooses the mode of the device", () => {
    expect(programOptions({ mode: "auto", precision: "float32" }, { device: "gpu" }).mode.mode).toBe("xla");
    expect(programOptions({ mode: "eager", precision: "float32" }, { device: "gpu" }).mode.mode).toBe(
      "eager",
    );
  });
});
