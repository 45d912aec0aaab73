import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import { describe, expect, it, vi } from "vitest";

import { createOriginals, openOriginals, type SharedOriginals } from "./originals.ts";

/** An image whose every byte tells which file it is of, in pixels of one row. */
const image = (file: number, width: number) => ({
  width,
  height: 1,
  data: new Uint8Array(width * 3).fill(file + 1),
});

describe("a nearly full cache", () => {
  it("keeps smaller images after one that did not fit, and each in a place of its own", () => {
    const originals = openOriginals(createOriginals(3, 256));
    originals.put(0, image(0, 40)); // 120 bytes: two units of 64
    originals.put(1, image(1, 60)); // 180 bytes: three units, of which two are left
    originals.put(2, image(2, 42)); // 126 bytes: two units
    expect(originals.get(0)).toEqual(image(0, 40));
    expect(originals.get(1)).toBe(undefined);
    expect(originals.get(2)).toEqual(image(2, 42));
  });

  it("counts what is stored at every moment, also while an image is found not to fit", () => {
    const shared = createOriginals(3, 256);
    const originals = openOriginals(shared);
    originals.put(0, image(0, 40));
    const seen = new Set<number>();
    const count = () => new Int32Array(shared.taken)[0]!;
    for (const name of ["load", "add", "sub", "compareExchange"] as const) {
      const real = Atomics[name] as (...values: unknown[]) => number;
      vi.spyOn(Atomics, name).mockImplementation(((...values: unknown[]) => {
        const result = real(...values);
        seen.add(count());
        return result;
      }) as never);
    }
    originals.put(1, image(1, 60));
    vi.restoreAllMocks();
    // A thread that reserved now would be given what another one only tried to reserve, or less than is
    // taken.
    expect([...seen]).toEqual([2]);
  });

  it("gives no byte to two images, however many threads reserve at once", async () => {
    const [threads, files, arenas] = [3, 60, 200];
    const module = fileURLToPath(new URL("../../dist/loader/originals.js", import.meta.url));
    // Every thread puts files of its own into each arena in turn. Large ones fail, and small ones that come
    // between their tries still fit.
    const source = `
      const { workerData: { arenas, thread, threads, files, module } } = require("node:worker_threads");
      import(module).then(({ openOriginals }) => {
        for (const shared of arenas) {
          const originals = openOriginals(shared);
          for (let file = thread; file < files; file += threads) {
            const width = file % 2 === 0 ? 900 : 21;
            originals.put(file, { width, height: 1, data: new Uint8Array(width * 3).fill(file + 1) });
          }
        }
      });`;
    const shared: SharedOriginals[] = Array.from({ length: arenas }, () => createOriginals(files, 64 * 120));
    await Promise.all(
      Array.from({ length: threads }, (_, thread) => {
        const workerData = { arenas: shared, thread, threads, files, module };
        const worker = new Worker(source, { eval: true, workerData });
        return new Promise((resolve, reject) => worker.on("exit", resolve).on("error", reject));
      }),
    );
    let stored = 0;
    for (const each of shared) {
      const originals = openOriginals(each);
      const found = Array.from({ length: files }, (_, file) => [file, originals.get(file)] as const).filter(
        ([, kept]) => kept !== undefined,
      );
      for (const [file, kept] of found) expect(kept!.data.every((level) => level === file + 1)).toBe(true);
      const intervals = found
        .map(([, kept]) => [kept!.data.byteOffset, kept!.data.byteOffset + kept!.data.length] as const)
        .sort(([a], [b]) => a - b);
      intervals.slice(1).forEach(([start], i) => expect(start).toBeGreaterThanOrEqual(intervals[i]![1]));
      const units = found.reduce((sum, [, kept]) => sum + Math.ceil(kept!.data.length / 64), 0);
      expect(new Int32Array(each.taken)[0]).toBe(units);
      stored += found.length;
    }
    expect(stored).toBeGreaterThanOrEqual(arenas * 30); // all small ones at least
  });
});
