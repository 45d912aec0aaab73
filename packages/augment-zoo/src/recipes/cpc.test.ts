import { describe, expect, it } from "vitest";

import type { AppliedOperation } from "../applied.ts";
import { sampleRecipe } from "../apply-recipe.ts";
import { randomStream } from "../random.ts";
import { viewShape } from "../view-shape.ts";
import { cpcView, type CpcViewOptions } from "./cpc.ts";

/** What each patch of many images goes through. */
const ofPatches = (options: CpcViewOptions): (readonly AppliedOperation[])[] =>
  Array.from({ length: 40 }, (_, i) =>
    sampleRecipe({ width: 50, height: 40 }, cpcView(options), randomStream("cpc", i)),
  ).flatMap((applied) =>
    applied.flatMap((step) => (step.op === "patches" ? step.patches.map((patch) => patch.applied) : [])),
  );

describe("cpcView", () => {
  it.each<[CpcViewOptions, number, number]>([
    [{ size: 32 }, 49, 8],
    [{ size: 256 }, 49, 64],
    [{ size: 260, grid: 6, stride: 36 }, 36, 80],
    [{ size: 30, grid: 5 }, 25, 10],
    [{ size: 31 }, 49, 13], // strides are whole: 3 pixels, and what is left over is the patch's
  ])("fills the image with its grid: %j", (options, patches, side) => {
    expect(viewShape(cpcView(options))).toEqual([patches, side, side, 3]);
  });

  it("gives each patch operations of its own", () => {
    const all = ofPatches({ size: 32 });
    expect(all.length).toBe(40 * 49);
    const share = (op: AppliedOperation["op"]) =>
      all.filter((applied) => applied.some((step) => step.op === op)).length / all.length;
    expect(share("keepChannel")).toBe(1);
    for (const [op, p] of [
      ["hue", 0.8],
      ["grayscale", 0.25],
      ["horizontalFlip", 0.5],
    ] as const) {
      expect(Math.abs(share(op) - p), op).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / all.length));
    }
    const kept = all.flatMap((applied) =>
      applied.flatMap((step) => (step.op === "keepChannel" ? [step.channel] : [])),
    );
    for (const channel of [0, 1, 2]) {
      expect(Math.abs(kept.filter((each) => each === channel).length / kept.length - 1 / 3)).toBeLessThan(
        0.05,
      );
    }
    expect(share("rotate")).toBeCloseTo(2 / 14, 1); // two draws of fourteen
  });

  it("leaves out what is not wanted", () => {
    const names = new Set(ofPatches({ size: 32, operations: 0, colorDrop: 0 }).flatMap((all) => all.map(({ op }) => op))); // prettier-ignore
    expect([...names].sort()).toEqual(["brightness", "contrast", "grayscale", "horizontalFlip", "hue", "saturation"]); // prettier-ignore
  });
});
