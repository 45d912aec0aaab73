import { describe, expect, it } from "vitest";

import { addProbe, type LoaderWork, bottleneckOf, NO_WORK } from "./bottleneck.ts";

/**
 * 50 steps of 8 images in 40 s, of which 4 s were waiting; the loader worked longer, while steps were
 * compiled.
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
        { name: "decode", millisecondsPerImage: 40, share: 1 / 3 }, // 20 s of 500 images, of 60 s
        { name: "augment", millisecondsPerImage: 80, share: 2 / 3 },
        { name: "hand-over", millisecondsPerImage: 5, share: 0.05 }, // 2 s of 400 images, of 40 s
        { name: "compute", millisecondsPerImage: 90, share: 0.9 },
        { name: "idle", millisecondsPerImage: 10, share: 0.1 },
      ],
      idleShare: 0.1,
      threads: 2,
      advice:
        "The loader is the bottleneck: steps waited for images 10.0 % of the time. Raise data.workers, " +
        "which is 2 on 4 cores.",
    });
  });

  it("knows nothing before a step was timed", () => {
    expect(bottleneckOf({ shares: { compile: 9, step: 0, dataWait: 0 }, steps: 0 }, NO_WORK, 8)).toBe(
      undefined,
    );
  });

  it("advises what was measured on the run's images, and nothing that would not help", () => {
    const decoding = { decodeSeconds: 41, threads: 4 };
    const cache = { isUsed: false, bytesNeeded: 3.5 * 2 ** 30 };
    const probe = { images: 12, exactMs: 600, fastMs: 150 };
    const advice = adviceFor(50, { ...decoding, cache, probe });
    expect(advice).toContain(
      "Set data.decode: fast, with which decoding takes 25.0 % of its time (measured on 12 images",
    );
    expect(advice).toContain("raise data.cacheMegabytes to 3584,");
    expect(advice).not.toContain("data.workers"); // as many as there are cores
    // Small files, or a run that decodes fast: nothing to gain.
    expect(adviceFor(50, { ...decoding, probe: { images: 12, exactMs: 600, fastMs: 590 } })).not.toContain(
      "fast",
    );
    expect(adviceFor(50, { ...decoding, probe: { images: 0, exactMs: 0, fastMs: 0 } })).not.toContain("fast");
    // All images are in the cache: each was decoded once.
    const cached = adviceFor(50, { ...decoding, probe, cache: { ...cache, isUsed: true } });
    expect(cached).toContain("Decoded images are kept");
    expect(cached).not.toContain("Megabytes");
  });

  it("adds up the probes of all parts of a run", () => {
    const part = { images: 2, exactMs: 30, fastMs: 10 };
    expect(addProbe(undefined, part)).toEqual(part);
    expect(addProbe(part, part)).toEqual({ images: 4, exactMs: 60, fastMs: 20 });
  });

  it("names what limits, and what helps", () => {
    expect(adviceFor(4.9)).toBe("The loader keeps up: steps waited for images 4.9 % of the time.");
    expect(adviceFor(5)).toContain("The loader is the bottleneck: steps waited for images 5.0 % of the time. Raise data.workers"); // prettier-ignore
    expect(adviceFor(50, { threads: 4 })).toContain("4 threads use all 4 cores");
    const decoding = { decodeSeconds: 41 };
    expect(adviceFor(50, decoding)).toContain("reading and decoding take most of the loader's time");
    // Once the images are in memory, it is no longer decoding that is to be saved.
    expect(adviceFor(50, { ...decoding, decoded: 100 })).toContain("Raise data.workers");
  });
});
