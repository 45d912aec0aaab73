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

  it.each(["eager", "graph", "xla"] as const)("takes %s where it is asked for, on either device", (mode) => {
    for (const device of ["cpu", "gpu"] as const) {
      expect(chooseMode(mode, { device })).toEqual({ mode, reason: "as requested" });
    }
  });
});
