import { describe, expect, it } from "vitest";

import { chooseMode } from "./mode.ts";

describe("chooseMode", () => {
  it("takes XLA on a GPU, the plain graph on a CPU", () => {
    expect(chooseMode("auto", { device: "gpu" })).toEqual({
      mode: "xla",
      reason: "auto: XLA fuses small ops into few kernels on a GPU",
    });
    expect(chooseMode("auto", { device: "cpu" })).toEqual({
      mode: "graph",
      reason: "auto: oneDNN's convolutions are faster than XLA's on a CPU",
    });
  });

  it.each([
    ["9.0", "xla"],
    ["8.9", "xla"],
    [undefined, "xla"],
    ["10.0", "graph"],
    ["12.0", "graph"],
  ] as const)(
    "takes XLA on GPUs that it makes code for: compute capability %s, %s",
    (computeCapability, mode) => {
      const engine = {
        device: "gpu",
        ...(computeCapability === undefined ? {} : { computeCapability }),
      } as const;
      expect(chooseMode("auto", engine).mode).toBe(mode);
    },
  );

  it.each(["eager", "graph", "xla"] as const)("takes %s where it is asked for, on either device", (mode) => {
    for (const device of ["cpu", "gpu"] as const) {
      expect(chooseMode(mode, { device })).toEqual({ mode, reason: "as requested" });
    }
  });
});
