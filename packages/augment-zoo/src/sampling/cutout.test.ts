import { expect, it } from "vitest";

import { randomStream } from "../random.ts";
import { sampleCutout } from "./cutout.ts";

it("centres squares of the asked sides anywhere on the image", () => {
  const boxes = Array.from({ length: 2000 }, (_, i) =>
    sampleCutout({ width: 40, height: 20 }, [0.1, 0.5], randomStream("cutout", i)),
  ).flatMap((step) => (step.op === "cutout" ? [step] : []));
  const sides = boxes.map(({ width }) => width);
  expect(boxes.every(({ width, height }) => width === height)).toBe(true);
  expect([Math.min(...sides), Math.max(...sides)]).toEqual([2, 10]);
  const middles = boxes.map(({ left, width }) => left + (width >> 1));
  expect([Math.min(...middles), Math.max(...middles)]).toEqual([0, 39]);
});
