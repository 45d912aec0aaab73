import { describe, expect, it } from "vitest";

import { type LoaderWork, bottleneckOf, NO_WORK } from "./bottleneck.ts";

/**
 * 50 steps of 8 images in 40 s, of which 4 s were waiting; two threads that worked a quarter and half of that
 * time.
 */
const reading = { shares: { compile: 100, step: 36, dataWait: 4 }, steps: 50 };
const work: LoaderWork = {
  threads: 2,
  images: 500,
  decoded: 500,
  decodeSeconds: 20,
  augmentSeconds: 40,
  handOverSeconds: 2,
};
const adviceFor = (dataWait: number, change: Partial<LoaderWork> = {}) =>
  bottleneckOf({ shares: { compile: 0, step: 100 - dataWait, dataWait }, steps: 1 }, { ...work, ...change }, 8, 4)!.advice; // prettier-ignore

describe("bottleneckOf", () => {
  it("gives each stage its milliseconds per image and its share, compiling left out", () => {
    expect(bottleneckOf(reading, work, 8, 4)).toEqual({
      stages: [
        { name: "decode", millisecondsPerImage: 40, share: 0.25 }, // 20 s of 500 images, of 2 * 40 s
        { name: "augment", millisecondsPerImage: 80, share: 0.5 },
        { name: "hand-over", millisecondsPerImage: 5, share: 0.05 }, // 2 s of 400 images, of 40 s
        { name: "compute", millisecondsPerImage: 90, share: 0.9 },
        { name: "idle", millisecondsPerImage: 10, share: 0.1 },
      ],
      idleShare: 0.1,
      threads: 2,
      advice:
        "The loader is the bottleneck: steps waited for images 10.0 % of the time. Raise data.workers, which is 2 on 4 cores.",
    });
  });

  it("knows nothing before a step was timed", () => {
    expect(bottleneckOf({ shares: { compile: 9, step: 0, dataWait: 0 }, steps: 0 }, NO_WORK, 8)).toBe(
      undefined,
    );
  });

  it("names what limits, and what helps", () => {
    expect(adviceFor(4.9)).toBe("The loader keeps up: steps waited for images 4.9 % of the time.");
    expect(adviceFor(5)).toContain("The loader is the bottleneck: steps waited for images 5.0 % of the time. Raise data.workers"); // prettier-ignore
    expect(adviceFor(50, { threads: 4 })).toContain("4 threads use all 4 cores");
    const decoding = { decodeSeconds: 41 };
    expect(adviceFor(50, decoding)).toContain("Raise data.cacheMegabytes");
    // Once the images are in memory, it is no longer decoding that is to be saved.
    expect(adviceFor(50, { ...decoding, decoded: 100 })).toContain("Raise data.workers");
  });
});
