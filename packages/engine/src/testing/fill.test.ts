import { describe, expect, it } from "vitest";

import { fill } from "./fill.ts";

describe("fill", () => {
  it("gives the numbers of fill.py, bit for bit", () => {
    const values = fill("layer1.0.conv1.weight", 100_003, 0.3);
    expect([0, 1, 2, 1000, 100_002].map((i) => values[i])).toEqual([
      0.24868780374526978, -0.1807362139225006, -0.06745657324790955, 0.13706983625888824,
      -0.10147237777709961,
    ]);
  });

  it("hashes the name as UTF-8", () => {
    expect([...fill("Gewichte ä", 2, 1)]).toEqual([0.3962957561016083, -0.8525373339653015]);
  });
});
