import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";
import { EXAMPLE, smallExample } from "../example-run.test.data.ts";
import { copyTrainAndTest } from "../few-images.test.data.ts";
import { layersUnknown, testNotGiven } from "../messages/evaluation.ts";

let folder: string;
let data: { train: string; test: string };
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-linear-"));
  data = await copyTrainAndTest(folder);
  tssl("train", EXAMPLE, "--out", "first", ...small());
  tssl("train", EXAMPLE, "--out", "unlabelled", ...small({ "data.test": null, epochs: 1 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tssl = (...args: string[]) => warmTsslIn(folder, args);
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
      balancedAccuracy: number;
      perClass: number[];
      confusion: number[][];
      heldOut?: { images: number; accuracies: unknown[] };
    }[];
  }
  const written = () => JSON.parse(readFileSync(path.join(folder, "linear.json"), "utf8")) as Found;

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
      "--out",
      "linear.json",
    );
    expect(code).toBe(0);
    expect(out).toContain(
      "step-0000006: linear probe, 5 epochs of cached features, steps schedule, batch 256, seed 0; 20 test " +
        "images\n",
    );
    expect(out).toMatch(
      /^labels +images +lr +top-1 +per class +untrained +top-5 +train loss\n50\.0 % +24 .*\n100\.0 % +48 /m,
    );
    expect(out).toContain("Accuracy by lr with 50.0 % of the labels, on 4 held-out training images: 0.1: ");
    const { classes, results } = written();
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

  it("is kept in the run folder, and shown by inspect and report", () => {
    const { untrained: measured } = JSON.parse(
      tssl("evaluate", "linear", "first", "--lr", "0.1,1", "--epochs", "5", "--json").out,
    ) as { untrained: { top1: number }[] };
    const files = readdirSync(path.join(folder, "first/evaluations"));
    expect(files).toHaveLength(2); // two shares of the labels; this one
    const { out } = tssl("inspect", "first");
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    expect(out).toMatch(/^linear probe, 50\.0 % of the labels, 5 epochs, batch 256, schedule steps, /m);
    expect(out).toMatch(
      new RegExp(
        `^linear probe, 5 epochs, .* at epoch 2: .*, ${percent(measured[0]!.top1)} untrained ` +
          "\\(48 labelled images, 20 test images\\)$",
        "m",
      ),
    );
    expect(out).toMatch(/^Next: tssl report first$/m);
    expect(tssl("report", "first").code).toBe(0);
    const page = readFileSync(path.join(folder, "first/report.html"), "utf8");
    expect(page).toContain('<section id="evaluations">');
    expect(page.match(/<th scope="row">linear probe, /g)).toHaveLength(3);
    expect(page).not.toContain("tssl evaluate linear first");
  });

  it("follows a published protocol by its name, of which options replace parts", () => {
    const run = (...more: string[]) =>
      tssl("evaluate", "linear", "first", "--epochs", "2", "--no-baseline", ...more);
    const { code, out } = run("--protocol", "vissl", "--lr", "0.1", "--layers", "features");
    expect(code).toBe(0);
    expect(out).toContain(
      "linear probe, protocol vissl, 2 epochs of augmented images, vissl schedule, batch 256, seed 0;",
    );
    const json = (...more: string[]) =>
      JSON.parse(run(...more, "--json").out) as Found & { protocol?: string };
    const found = json("--protocol", "swav", "--no-augment");
    expect(found).toMatchObject({
      ...{ protocol: "swav", schedule: "swav", epochs: 2, batchSize: 256, augment: false },
      learningRates: [0.3],
    });
    const [result] = found.results;
    const recalls = result!.confusion.map((row, i) => row[i]! / 5);
    expect(result!.balancedAccuracy).toBeCloseTo(recalls.reduce((sum, one) => sum + one, 0) / 4, 12);
    const plain = json("--lr", "0.3", "--schedule", "swav");
    expect(plain.protocol).toBeUndefined();
    expect(json("--protocol", "moco", "--lr", "0.3", "--schedule", "swav", "--no-augment").results).toEqual(
      plain.results,
    );
    expect(tssl("inspect", "first").out).toMatch(
      /^linear probe, protocol vissl, 2 epochs, augmented images, batch 256, schedule vissl, /m,
    );
    expect(run("--protocol", "simclr").code).toBe(2);
  });

  it("trains on each layer as VISSL does, or on those that are named", () => {
    const run = (...more: string[]) =>
      tssl("evaluate", "linear", "first", "--epochs", "2", "--no-baseline", ...more);
    const { code, out } = run("--protocol", "vissl", "--lr", "0.001");
    expect(code).toBe(0);
    expect(out).toMatch(/^layer +labels +.*\nconv1 +100\.0 % .*\nres2 +100\.0 % .*\nres3 +.*\nres4 +.*\n/m);
    expect(out).toContain("Confusion with res4 and 100.0 % of the labels: rows");
    const ofLayers = (...more: string[]) =>
      (JSON.parse(run("--lr", "0.1", "--json", ...more).out) as Found).results;
    const [res4, features] = ofLayers("--layers", "res4,features");
    expect(res4).toMatchObject({ layer: "res4" });
    expect(features).toEqual(ofLayers()[0]);
    expect(tssl("inspect", "first").out).toMatch(/^linear probe, layer conv1, protocol vissl, 2 epochs, /m);
    const refused = run("--layers", "rse4");
    expect(refused.err).toContain(
      layersUnknown("resnet20", ["rse4"], ["conv1", "res2", "res3", "res4", "features"]).message,
    );
    expect(refused.code).toBe(2);
  });

  it("trains on augmented images, and gives the same numbers again, as JSON", { tags: "long" }, () => {
    const evaluate = (...more: string[]) =>
      tssl("evaluate", "linear", "first", "--lr", "1", "--epochs", "5", "--augment", "--json", ...more);
    const cached = written().results[1]!;
    const { out } = evaluate("--out", "linear.json");
    const augmented = JSON.parse(out) as Found;
    expect(written()).toEqual(augmented);
    expect(augmented.results[0]!.trainLoss).not.toBe(cached.trainLoss);
    expect(evaluate().out).toBe(out);
    const { untrained: _untrained, ...trained } = augmented as Found & { untrained: unknown };
    expect(JSON.parse(evaluate("--no-baseline").out)).toEqual(trained);
  });

  it("says what is wrong", () => {
    const refused = (...args: string[]) => tssl("evaluate", "linear", "first", ...args);
    expect(refused("--fraction", "0.05").err).toBe(
      "Error: fraction must be at least 0.083 (one image for each of 4 classes, of 48) and at most 1, got " +
        "0.05.\n(INVALID_OPTION, see tssl explain INVALID_OPTION)\n",
    );
    const three = path.join(folder, "three-classes");
    for (const name of readdirSync(data.test).slice(1)) {
      mkdirSync(path.join(three, name), { recursive: true });
      copyFileSync(path.join(data.test, name, "0000.jpg"), path.join(three, name, "0000.jpg"));
    }
    const [unknown] = readdirSync(data.test);
    expect(refused("--train", three).err).toContain(
      `Error: --test has images of a class that --train does not have: ${unknown!}. The classes of --train ` +
        `are `,
    );
    expect(refused("--fraction", "2")).toMatchObject({ code: 2 });
    expect(refused("--lr", "0")).toMatchObject({ code: 2 });
    expect(tssl("evaluate", "linear", "unlabelled").err).toBe(
      `Error: ${testNotGiven().message}\n(INVALID_OPTION, see tssl explain INVALID_OPTION)\n`,
    );
  });
});
