import { appendFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { refusal } from "../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import type { MetricsRow } from "./metrics-row.ts";
import { followMetrics } from "./metrics-tail.ts";

let folder: TemporaryFolder;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = path.join(folder.path, "metrics.jsonl");
});
afterEach(() => folder.remove());

const line = (step: number) => `${JSON.stringify({ step, epoch: 0, values: {} })}\n`;

/** The steps of all rows. */
function gatherSteps() {
  const steps: number[] = [];
  return { steps, add: (row: MetricsRow) => void steps.push(row.step) };
}

describe("followMetrics", () => {
  it("takes each row once, also where several look at the same time", async () => {
    const tail = followMetrics(file, gatherSteps);
    expect((await tail.read()).steps).toEqual([]); // there is no file yet
    await writeFile(file, line(1) + line(2) + '{"step":3,');
    const [first, second] = await Promise.all([tail.read(), tail.read()]);
    expect([first.steps, second.steps]).toEqual([
      [1, 2],
      [1, 2],
    ]);
    await appendFile(file, '"epoch":0,"values":{}}\n');
    expect((await tail.read()).steps).toEqual([1, 2, 3]);
  });

  it("begins anew with the file of a resumed run", async () => {
    await writeFile(file, line(1) + line(2));
    const tail = followMetrics(file, gatherSteps);
    await tail.read();
    await writeFile(`${file}.part`, line(1) + line(20) + line(30));
    await rename(`${file}.part`, file);
    expect((await tail.read()).steps).toEqual([1, 20, 30]);
  });

  it("names a line that is no row each time, and goes on once it is mended", async () => {
    await writeFile(file, `${line(1)}null\n`);
    const tail = followMetrics(file, gatherSteps);
    for (let look = 0; look < 2; look++) {
      expect(await refusal(() => tail.read())).toContain("damaged in line 2: it must be object, got null");
    }
    await writeFile(`${file}.part`, line(1) + line(2));
    await rename(`${file}.part`, file);
    expect((await tail.read()).steps).toEqual([1, 2]);
  });
});
