import { mkdir, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { refusal } from "../testing/refusal.ts";
import { temporaryFolder, type TemporaryFolder } from "../testing/temporary-folder.ts";
import { readFailedStep } from "./failed-step.ts";
import { readOutcome } from "./outcome-file.ts";
import { readKeptImages, readRunContent, titleIn } from "./run-folder.ts";
import { newProgress } from "./run-history.ts";
import { readRunRecord, type RunRecord, writeRunRecord } from "./run-record.ts";

const record: RunRecord = {
  plugins: ["moco"],
  data: {
    images: 100,
    classes: ["cat", "dog"],
    evaluation: { trainImages: 100, classes: ["cat", "dog"], testImages: 20, k: 5 },
    notes: [],
  },
  stepsPerEpoch: 10,
  totalSteps: 40,
  environment: { tssl: "0.1.0", cores: 2 },
  process: { pid: 1, host: "here" },
  savedAt: "2026-11-29T07:00:00.000Z",
  history: newProgress(new Date(0)).history,
};

const outcome = {
  status: "finished",
  steps: 4,
  seconds: 12.5,
  imagesPerSecond: null,
  timeShares: { compile: 0, step: 10, dataWait: 1, evaluation: 0 },
  peakMemoryBytes: 2 ** 30,
  evaluations: [{ step: 4, epoch: 2, accuracy: null }],
};

const failed = {
  ...{ step: 5, epoch: 1, seed: 0, indices: [1], files: ["a"], learningRate: 0.1 },
  ...{ scalars: { loss: "NaN" }, tensors: [], checkpoint: null },
};

let folder: TemporaryFolder;
beforeEach(async () => (folder = await temporaryFolder()));
afterEach(() => folder.remove());
const write = (name: string, content: unknown) =>
  writeFile(path.join(folder.path, name), typeof content === "string" ? content : JSON.stringify(content));

const doors: Readonly<Record<string, readonly [read: (run: string) => Promise<unknown>, whole: object]>> = {
  "run.json": [readRunRecord, record],
  "outcome.json": [readOutcome, outcome],
  "images.json": [readKeptImages, { train: { "a.png": "1:0123456789abcdef" } }],
  "failed-step.json": [readFailedStep, failed],
};

describe.each(Object.entries(doors))("%s", (name, [read, whole]) => {
  const said = () => refusal(() => read(folder.path));
  const file = () => path.join(folder.path, name);

  it("is read where it is whole, whatever more it says", async () => {
    await write(name, whole);
    await expect(read(folder.path)).resolves.toBeDefined();
    if (name !== "images.json") {
      await write(name, { ...whole, more: { of: ["a", "later", "version"] } });
      await expect(read(folder.path)).resolves.toBeDefined();
    }
  });

  it("is not whole where it is cut short, empty, null or of another kind", async () => {
    await write(name, whole);
    await truncate(file(), 10);
    expect(await said()).toContain(`FILE_DAMAGED: ${file()} is damaged: it is not whole, its JSON ends`);
    for (const [text, reason] of [
      ["", "it is empty"],
      ["null", "it must be object, got null"],
      ["[]", "it must be object, got a list of 0"],
      ["\0\0\0", "it is not JSON"],
    ] as const) {
      await write(name, text);
      expect(await said()).toContain(`FILE_DAMAGED: ${file()} is damaged: ${reason}`);
    }
  });

  it("names each key that is missing, and each value that is none", async () => {
    for (const key of Object.keys(whole)) {
      const { [key]: _gone, ...rest } = whole as Record<string, unknown>;
      if (name !== "images.json") {
        await write(name, rest);
        expect(await said()).toContain(`${key} is missing`);
      }
      await write(name, { ...whole, [key]: { markup: [] } });
      expect(await said()).toMatch(new RegExp(`^FILE_DAMAGED: \\S+ is damaged: ${key}`));
    }
  });

  it("is never waited for, and not taken for empty where it cannot be read", async () => {
    await mkdir(file());
    expect(await said()).toBe(`RUN_FOLDER: ${file()} cannot be read: it is a folder.`);
    await rm(file(), { recursive: true });
  });
});

it("run.json says NaN for numbers that are none, and its history goes with its classes", async () => {
  const history = {
    ...record.history,
    evaluations: [{ step: 0, epoch: 0, accuracy: NaN }],
    latest: { confusion: [[1, 2], [3, 4]], neighbours: [] }, // prettier-ignore
  };
  await writeRunRecord(folder.path, { ...record, history });
  expect((await readRunRecord(folder.path)).history).toEqual(history);
  await writeRunRecord(folder.path, {
    ...record,
    history: { ...history, latest: { confusion: [[1, 2]], neighbours: [] } },
  });
  expect(await refusal(() => readRunRecord(folder.path))).toContain(
    "history.latest.confusion must have a row and a column for each of 2 classes",
  );
});

describe("config.yaml", () => {
  it("is plain data, and of a page's config name, epochs and batch size are known", async () => {
    const text = "name: a\nepochs: 2\nbatchSize: 16\n";
    await write("config.yaml", text);
    expect(await readRunContent(folder.path)).toEqual({ name: "a", epochs: 2, batchSize: 16 });
    expect(titleIn(text, "config.yaml")).toMatchObject({ name: "a", epochs: 2, batchSize: 16 });
    await expect(
      refusal(() => titleIn("name: []\nepochs: 2\nbatchSize: 16\n", "config.yaml")),
    ).resolves.toContain("FILE_DAMAGED: config.yaml is damaged: name must be string, got a list of 0");
  });

  it.each([
    ["", "it must be object, got null"],
    ["- a", "it must be object, got a list of 1"],
    ["a: {", "it is not YAML ("],
    ["[".repeat(20_000), "deep"],
    ["- ".repeat(40_000), "its lists and sections lie too deep within each other"],
    ["a: &a [*a]", "it has more than 100 levels"],
  ])("%j is refused", async (text, reason) => {
    await write("config.yaml", text);
    const said = await refusal(() => readRunContent(folder.path));
    expect(said).toContain(`FILE_DAMAGED: ${path.join(folder.path, "config.yaml")} is damaged: `);
    expect(said).toContain(reason);
  });
});
