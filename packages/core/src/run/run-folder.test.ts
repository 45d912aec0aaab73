import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { refusal } from "../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { createRunFolder, readMetrics } from "./run-folder.ts";

let folder: TemporaryFolder;
beforeEach(async () => (folder = await temporaryFolder({ "old/notes.txt": "mine", file: "" })));
afterEach(() => folder.remove());
const within = (name: string) => path.join(folder.path, name);

describe("createRunFolder", () => {
  it("makes a folder with the config and a place for checkpoints", async () => {
    const run = await createRunFolder(within("a/b"), { epochs: 3, plugins: [{ use: "moco" }] });
    expect(run).toMatchObject({
      path: within("a/b"),
      checkpoints: within("a/b/checkpoints"),
      report: within("a/b/report.html"),
    });
    expect(await readFile(within("a/b/config.yaml"), "utf8")).toBe("epochs: 3\nplugins:\n  - use: moco\n");
    expect(await readdir(run.checkpoints)).toEqual([]);
    await run.writeFile("report.html", "<p>");
    expect(await readFile(run.report, "utf8")).toBe("<p>");
  });

  it("refuses a folder with something in it, and leaves it as it is", async () => {
    expect(await refusal(() => createRunFolder(within("old"), {}))).toBe(
      `RUN_FOLDER: ${within("old")} must be a new or empty folder, and it holds 1 entry. Choose another with --out.`,
    );
    expect(await readdir(within("old"))).toEqual(["notes.txt"]);
  });

  it("says why a folder cannot be written", async () => {
    expect(await refusal(() => createRunFolder(within("file/run"), {}))).toMatch(
      /^RUN_FOLDER: .*file\/run cannot be written: ENOTDIR/,
    );
  });
});

describe("metrics", () => {
  const row = (step: number) => ({ step, epoch: step / 2, values: { loss: 1 / step } });

  it("are read back line by line", async () => {
    const run = await createRunFolder(within("run"), {});
    await run.appendMetrics(row(1));
    await run.appendMetrics(row(2));
    expect(await readMetrics(run.path)).toEqual([row(1), row(2)]);
    const text = await readFile(within("run/metrics.jsonl"), "utf8");
    expect(text).toBe(`${JSON.stringify(row(1))}\n${JSON.stringify(row(2))}\n`);
  });

  it("leave out a last line that a crash cut off", async () => {
    const run = await createRunFolder(within("run"), {});
    await run.appendMetrics(row(1));
    await appendFile(within("run/metrics.jsonl"), '{"step":2,"epo');
    expect(await readMetrics(run.path)).toEqual([row(1)]);
  });

  it("are none where there is no file yet", async () => {
    expect(await readMetrics(within("old"))).toEqual([]);
    await writeFile(within("old/metrics.jsonl"), "");
    expect(await readMetrics(within("old"))).toEqual([]);
  });
});
