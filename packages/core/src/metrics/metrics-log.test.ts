import { execFileSync } from "node:child_process";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { lineDamaged, metricsRowsMissing } from "../messages/damaged-files.ts";
import { refusal } from "../testing/refusal.ts";
import { openMetricsLog, readMetrics } from "./metrics-log.ts";
import type { MetricsRow } from "./metrics-row.ts";

let folder: TemporaryFolder;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = path.join(folder.path, "metrics.jsonl");
});
afterEach(() => folder.remove());

const row = (step: number) => ({ step, epoch: step / 2, values: { loss: 1 / step } });
const lines = (...steps: number[]) => steps.map((step) => `${JSON.stringify(row(step))}\n`).join("");
async function rowsOf(from: string): Promise<MetricsRow[]> {
  const rows: MetricsRow[] = [];
  for await (const each of readMetrics(from)) rows.push(each);
  return rows;
}
const text = () => readFile(file, "utf8");
const never = () => {
  throw new Error("the disk is not full");
};

describe("metrics", () => {
  it("are written line by line and read back", async () => {
    const log = await openMetricsLog(file, { keep: 0, onDiskFull: never });
    await log.append(row(1));
    expect(await text()).toBe(lines(1)); // at once, for whoever looks at a run
    await log.append(row(2));
    await log.close();
    expect(log.rows).toBe(2);
    expect(await text()).toBe(lines(1, 2));
    expect(await rowsOf(file)).toEqual([row(1), row(2)]);
  });

  it("leave out a last line that a crash cut off", async () => {
    await writeFile(file, `${lines(1)}{"step":2,"epo`);
    expect(await rowsOf(file)).toEqual([row(1)]);
  });

  it("are none where there is no file yet", async () => {
    expect(await rowsOf(file)).toEqual([]);
    await writeFile(file, "");
    expect(await rowsOf(file)).toEqual([]);
  });

  it("go on after the rows that are kept; later ones and half a line are dropped", async () => {
    await writeFile(file, `${lines(1, 2, 3)}{"step":4,"epo`);
    const log = await openMetricsLog(file, { keep: 2, onDiskFull: never });
    expect([log.rows, await text()]).toEqual([2, lines(1, 2)]);
    await log.append(row(3));
    await log.close();
    expect([log.rows, await text()]).toEqual([3, lines(1, 2, 3)]);
    await appendFile(file, '{"st');
    await (await openMetricsLog(file, { keep: 3, onDiskFull: never })).close();
    expect(await text()).toBe(lines(1, 2, 3));
  });

  it("may hold numbers that are none: JSON has null for them", async () => {
    const log = await openMetricsLog(file, { keep: 0, onDiskFull: never });
    await log.append({ step: 1, epoch: 1, values: { loss: 2, rank: NaN, spread: Infinity } });
    await log.close();
    expect(await rowsOf(file)).toEqual([{ step: 1, epoch: 1, values: { loss: 2, rank: NaN, spread: NaN } }]);
  });

  it("are refused, and left as they are, where rows have been lost", async () => {
    for (const [content, found] of [
      [`${lines(1, 2)}{"step":3,"epo`, 2],
      ["", 0],
      [undefined, 0],
    ] as const) {
      await rm(file, { force: true });
      if (content !== undefined) await writeFile(file, content);
      expect(await refusal(() => openMetricsLog(file, { keep: 3, onDiskFull: never }))).toBe(
        `FILE_DAMAGED: ${metricsRowsMissing(file, found, 3).message}`,
      );
      expect(await text().catch(() => undefined)).toBe(content);
      const log = await openMetricsLog(file, { keep: 3, mayLack: true, onDiskFull: never });
      await log.close();
      expect([log.rows, await text()]).toEqual([found, found === 2 ? lines(1, 2) : ""]);
    }
  });

  it("name the line that is no row when they are read", async () => {
    for (const [line, reason] of [
      ["null", "it must be object, got null"],
      ["[]", "it must be object, got a list of 0"],
      ["", "it is empty"],
      ['{"step":2,"epoch":1,"val', "it is not whole, its JSON ends within a value after 24 characters"],
      ['{"step":2,"epoch":1}', "values is missing"],
      ['{"step":2.5,"epoch":1,"values":{}}', "step must be integer, got 2.5"],
      ['{"step":2,"epoch":1,"values":{"loss":"low"}}', 'values.loss must be number, got "low"'],
      ['{"step":2,"epoch":1e999,"values":{}}', "epoch must be number, got Infinity"],
    ] as const) {
      const content = `${lines(1)}${line}\n${lines(3)}`;
      await writeFile(file, content);
      expect(await refusal(() => rowsOf(file))).toBe(`FILE_DAMAGED: ${lineDamaged(file, 2, reason).message}`);
      const log = await openMetricsLog(file, { keep: 3, onDiskFull: never });
      await log.close();
      expect(await text()).toBe(content); // byte for byte
    }
  });

  it("are read whole or not at all: a log that the system does not give is none that is empty", async () => {
    await mkdir(file);
    expect(await refusal(() => rowsOf(file))).toMatch(
      /^RUN_FOLDER: .*metrics\.jsonl cannot be read: it is a folder\.$/,
    );
    expect(await refusal(() => openMetricsLog(file, { keep: 0, onDiskFull: never }))).toMatch(
      /^RUN_FOLDER: /,
    );
  });

  it("have at most a thousand names", async () => {
    const named = (from: number, to: number) => {
      const names = Array.from({ length: to - from }, (_, i) => `m${from + i}`);
      return `${JSON.stringify({ step: 1, epoch: 1, values: Object.fromEntries(names.map((name) => [name, 1])) })}\n`;
    };
    await writeFile(file, named(0, 600) + named(400, 1000));
    expect(await rowsOf(file)).toHaveLength(2);
    await appendFile(file, named(1000, 1001));
    expect(await refusal(() => rowsOf(file))).toContain(
      "damaged in line 3: there are more than 1,000 metrics",
    );
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
      const log = await openMetricsLog(small, { keep: 0, onDiskFull: () => told++ });
      const steps = Array.from({ length: 300 }, (_, i) => i + 1);
      for (const step of steps) await log.append(row(step));
      expect(told).toBe(1);
      expect((await rowsOf(small)).length).toBeLessThan(300);
      await expect(log.flush()).rejects.toMatchObject({ code: "ENOSPC" });
      execFileSync("mount", ["-o", "remount,size=64k", disk]);
      await log.flush();
      await log.append(row(301));
      await log.close();
      expect((await rowsOf(small)).map(({ step }) => step)).toEqual([...steps, 301]);
      expect(told).toBe(1);
    } finally {
      execFileSync("umount", [disk]);
      await rm(disk, { recursive: true });
    }
  });
});
