import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { fingerprintFrom } from "../data/fingerprint.ts";
import { refusal, refusedWith } from "../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { folderCheckpoints } from "./checkpoint-store.ts";
import { createRunFolder, readKeptImages, readRunContent, reopenRunFolder } from "./run-folder.ts";

const identity = {
  config: { epochs: 3, plugins: [{ use: "moco" }] },
  images: { train: fingerprintFrom({ "a.jpg": "1:0123456789abcdef" }) },
  plugins: ["moco"],
  code: [],
  versions: { tssl: "0.0.0", plugins: {} },
};

let folder: TemporaryFolder;
const within = (name: string) => path.join(folder.path, name);
const optionsOf = (run: string) => ({
  ...identity,
  checkpoints: folderCheckpoints(path.join(run, "checkpoints")),
  onDiskFull: () => {},
});
const create = (run: string) => createRunFolder(run, optionsOf(run));
afterEach(() => folder.remove());

describe("createRunFolder", () => {
  beforeEach(async () => (folder = await temporaryFolder({ "old/notes.txt": "mine", file: "" })));

  it("makes a folder with the config, the images' fingerprints and a place for checkpoints", async () => {
    const run = await create(within("a/b"));
    await run.metrics.close();
    expect(run).toMatchObject({
      path: within("a/b"),
      metricsFile: within("a/b/metrics.jsonl"),
    });
    expect(await readFile(within("a/b/config.yaml"), "utf8")).toBe("epochs: 3\nplugins:\n  - use: moco\n");
    expect(await readRunContent(within("a/b"))).toEqual(identity.config);
    const kept = await readKeptImages(within("a/b"));
    expect(kept!.digests).toEqual({ train: identity.images.train.digest });
    expect(await kept!.marks("train")).toEqual({ "a.jpg": "1:0123456789abcdef" });
    expect((await readdir(run.path)).sort()).toEqual(["checkpoints", "config.yaml", "images.json", "metrics.jsonl"]); // prettier-ignore
    expect(await readdir(within("a/b/checkpoints"))).toEqual([]);
  });

  it("refuses a folder with something in it, and leaves it as it is", async () => {
    expect(await refusedWith(() => create(within("old")))).toEqual({
      code: "RUN_FOLDER",
      data: { folder: within("old"), entries: 1 },
    });
    expect(await readdir(within("old"))).toEqual(["notes.txt"]);
  });

  it("takes a folder whose opening was cut off", async () => {
    await folder.remove();
    folder = await temporaryFolder({ "run/images.json": "{}", "run/config.yaml.7.part": "epo" });
    await (await create(within("run"))).metrics.close();
    expect((await readdir(within("run"))).sort()).toEqual(["checkpoints", "config.yaml", "images.json", "metrics.jsonl"]); // prettier-ignore
  });

  it("says why a folder cannot be written", async () => {
    expect(await refusal(() => create(within("file/run")))).toMatch(
      /^RUN_FOLDER: .*file\/run cannot be written: ENOTDIR/,
    );
  });
});

const row = (step: number) => `${JSON.stringify({ step, epoch: step / 2, values: { loss: 1 } })}\n`;

describe("reopenRunFolder", () => {
  it("leaves everything as it was where rows are lost that the checkpoint knows of", async () => {
    const files = {
      "config.yaml": "epochs: 2\n",
      "metrics.jsonl": row(1),
      "outcome.json": "{}",
      "evaluations/knn-step-0000009-1.json": "{}",
    };
    folder = await temporaryFolder(files);
    const at = { step: 3, metricsRows: 3, damaged: [] };
    const reopen = (mayLackRows: boolean) =>
      reopenRunFolder(folder.path, optionsOf(folder.path), { ...at, mayLackRows });
    expect(await refusal(() => reopen(false))).toMatch(
      /^FILE_DAMAGED: .*metrics\.jsonl has 1 whole row, and the checkpoint knows of 3/,
    );
    for (const [name, content] of Object.entries(files)) {
      expect(await readFile(within(name), "utf8")).toBe(content);
    }
    const run = await reopen(true);
    expect(run.metrics.rows).toBe(1);
    await run.metrics.close();
  });

  it("drops what is after the checkpoint and what is not whole, and writes down what was changed", async () => {
    folder = await temporaryFolder({
      "config.yaml": "epochs: 2\n",
      "config.yaml.7.part": "",
      "metrics.jsonl": `${row(1)}${row(2)}{"st`,
      "evaluations/knn-step-0000002-1.json": "{}",
      "report.html": "<p>",
      "failed-step.json": "{}",
      "checkpoints/step-0000001.json": "",
      "checkpoints/step-0000001.safetensors": "",
      "checkpoints/step-0000002.json": "",
      "checkpoints/step-0000002.safetensors": "",
      "checkpoints/step-0000003.safetensors.7.part": "",
    });
    const run = await reopenRunFolder(folder.path, optionsOf(folder.path), {
      step: 1,
      metricsRows: 1,
      damaged: ["step-0000002"],
    });
    await run.metrics.close();
    expect(await readFile(run.metricsFile, "utf8")).toBe(row(1));
    expect((await readdir(within("checkpoints"))).sort()).toEqual(["step-0000001.json", "step-0000001.safetensors"]); // prettier-ignore
    expect(await readdir(within("evaluations"))).toHaveLength(1); // until a step stands
    await run.before.drop();
    expect(await readdir(within("evaluations"))).toEqual([]);
    expect((await readdir(run.path)).sort()).toEqual(["checkpoints", "config.yaml", "evaluations", "images.json", "metrics.jsonl", "report.html"]); // prettier-ignore
    expect(await readRunContent(run.path)).toEqual(identity.config);
  });
});
