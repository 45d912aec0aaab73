import { execFileSync } from "node:child_process";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { openMetricsLog, readMetrics } from "./metrics-log.ts";

let folder: TemporaryFolder;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = path.join(folder.path, "metrics.jsonl");
});
afterEach(() => folder.remove());

const row = (step: number) => ({ step, epoch: step / 2, values: { loss: 1 / step } });
const lines = (...steps: number[]) => steps.map((step) => `${JSON.stringify(row(step))}\n`).join("");
const text = () => readFile(file, "utf8");
const never = () => {
  throw new Error("the disk is not full");
};

describe("metrics", () => {
  it("are written line by line and read back", async () => {
    const log = await openMetricsLog(file, 0, never);
    await log.append(row(1));
    expect(await text()).toBe(lines(1)); // at once, for whoever looks at a run
    await log.append(row(2));
    await log.close();
    expect(log.rows).toBe(2);
    expect(await text()).toBe(lines(1, 2));
    expect(await readMetrics(file)).toEqual([row(1), row(2)]);
  });

  it("leave out a last line that a crash cut off", async () => {
    await writeFile(file, `${lines(1)}{"step":2,"epo`);
    expect(await readMetrics(file)).toEqual([row(1)]);
  });

  it("are none where there is no file yet", async () => {
    expect(await readMetrics(file)).toEqual([]);
    await writeFile(file, "");
    expect(await readMetrics(file)).toEqual([]);
  });

  it("go on after the rows that are kept; later ones and half a line are dropped", async () => {
    await writeFile(file, `${lines(1, 2, 3)}{"step":4,"epo`);
    const log = await openMetricsLog(file, 2, never);
    expect([log.rows, await text()]).toEqual([2, lines(1, 2)]);
    await log.append(row(3));
    await log.close();
    expect([log.rows, await text()]).toEqual([3, lines(1, 2, 3)]);
    await appendFile(file, '{"st');
    await (await openMetricsLog(file, 10, never)).close();
    expect(await text()).toBe(lines(1, 2, 3));
  });
});

/** A disk of one page, where this machine lets us make one. */
function mountSmall(at: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4k", "tmpfs", at], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("metrics on a full disk", () => {
  it("wait in memory, and stand in the file once and in order when there is room again", async (test) => {
    const disk = path.join(folder.path, "disk");
    await mkdir(disk);
    if (!mountSmall(disk)) return test.skip("only root can mount a disk");
    try {
      const small = path.join(disk, "metrics.jsonl");
      let told = 0;
      const log = await openMetricsLog(small, 0, () => told++);
      const steps = Array.from({ length: 300 }, (_, i) => i + 1);
      for (const step of steps) await log.append(row(step));
      expect(told).toBe(1);
      expect((await readMetrics(small)).length).toBeLessThan(300);
      await expect(log.flush()).rejects.toMatchObject({ code: "ENOSPC" });
      execFileSync("mount", ["-o", "remount,size=64k", disk]);
      await log.flush();
      await log.append(row(301));
      await log.close();
      expect((await readMetrics(small)).map(({ step }) => step)).toEqual([...steps, 301]);
      expect(told).toBe(1);
    } finally {
      execFileSync("umount", [disk]);
      await rm(disk, { recursive: true });
    }
  });
});
