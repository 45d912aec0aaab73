import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { tsslIn } from "../built-program.test.data.ts";
import { EXAMPLE, smallExample } from "../example-run.test.data.ts";
import { copyTrainAndTest } from "../few-images.test.data.ts";
import * as messages from "../messages.ts";

let folder: string;
let data: { train: string; test: string };
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-linear-"));
  data = await copyTrainAndTest(folder);
  tssl("train", EXAMPLE, "--out", "first", ...small());
  tssl("train", EXAMPLE, "--out", "unlabelled", ...small({ "data.test": null, epochs: 1 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tssl = (...args: string[]) => tsslIn(folder, args);
const small = (more: Record<string, unknown> = {}) => smallExample(data, more);

describe("tssl evaluate linear", () => {
  interface Found {
    checkpoint: string;
    classes: string[];
    results: {
      fraction: number;
      trainImages: number;
      images: number;
      learningRate: number;
      trainLoss: number;
      top1: number;
      perClass: number[];
      confusion: number[][];
      heldOut?: { images: number; accuracies: unknown[] };
    }[];
  }
  const kept = () => JSON.parse(readFileSync(path.join(folder, "first/linear.json"), "utf8")) as Found;

  it("prints a table, and leaves everything in the run folder", () => {
    const { code, out } = tssl(
      "evaluate",
      "linear",
      "first",
      "--lr",
      "0.1,1",
      "--epochs",
      "5",
      "--fraction",
      "0.5,1",
    );
    expect(code).toBe(0);
    expect(out).toContain(
      "step-0000006: linear probe, 5 epochs of cached features, steps schedule, batch 256, seed 0; 20 test images\n",
    );
    expect(out).toMatch(/^labels +images +lr +top-1 +top-5 +train loss\n50\.0 % +24 .*\n100\.0 % +48 /m);
    expect(out).toContain("Accuracy by lr with 50.0 % of the labels, on 4 held-out training images: 0.1: ");
    const { classes, results } = kept();
    expect(results).toHaveLength(2);
    expect(classes).toEqual(readdirSync(data.train).sort());
    for (const { images, top1, perClass, confusion, heldOut } of results) {
      expect(confusion.flat().reduce((sum, n) => sum + n)).toBe(images);
      const right = confusion.reduce((sum, row, i) => sum + row[i]!, 0);
      expect(top1).toBe(right / images);
      expect(perClass).toEqual(confusion.map((row, i) => row[i]! / 5));
      expect(heldOut!.accuracies).toHaveLength(2);
    }
  });

  it("trains on augmented images, and gives the same numbers again, as JSON", () => {
    const evaluate = () =>
      tssl("evaluate", "linear", "first", "--lr", "1", "--epochs", "5", "--augment", "--json");
    const cached = kept().results[1]!;
    const { out } = evaluate();
    const augmented = JSON.parse(out) as Found;
    expect(kept()).toEqual(augmented);
    expect(augmented.results[0]!.trainLoss).not.toBe(cached.trainLoss);
    expect(evaluate().out).toBe(out);
  });

  it("says what is wrong", () => {
    const refused = (...args: string[]) => tssl("evaluate", "linear", "first", ...args);
    expect(refused("--fraction", "0.05").err).toBe(
      "Error: fraction must be at least 0.083 (one image for each of 4 classes, of 48) and at most 1, got 0.05.\n(INVALID_OPTION, see tssl explain INVALID_OPTION)\n",
    );
    const three = path.join(folder, "three-classes");
    for (const name of readdirSync(data.test).slice(1)) {
      mkdirSync(path.join(three, name), { recursive: true });
      copyFileSync(path.join(data.test, name, "0000.jpg"), path.join(three, name, "0000.jpg"));
    }
    expect(refused("--test", three).err).toMatch(
      /^Error: --test must have the classes .*\n\(INVALID_OPTION, /,
    );
    expect(refused("--fraction", "2")).toMatchObject({ code: 2 });
    expect(refused("--lr", "0")).toMatchObject({ code: 2 });
    expect(tssl("evaluate", "linear", "unlabelled").err).toBe(
      `Error: ${messages.testNotGiven().message}\n(INVALID_OPTION, see tssl explain INVALID_OPTION)\n`,
    );
  });
});
