import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";
import { EXAMPLE, smallExample } from "../example-run.test.data.ts";
import { copyTrainAndTest } from "../few-images.test.data.ts";
import { costsByTestImages } from "../messages/evaluation.ts";

let folder: string;
let data: { train: string; test: string };
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-svm-"));
  data = await copyTrainAndTest(folder);
  makeVoc();
  tssl("train", EXAMPLE, "--out", "run", ...smallExample(data, { epochs: 1 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tssl = (...args: string[]) => warmTsslIn(folder, args);

/** The real images of both sets in VOC's form; those of the first two classes are "animal" too. */
function makeVoc(): void {
  for (const name of ["JPEGImages", "ImageSets/Main"]) {
    mkdirSync(path.join(folder, "voc", name), { recursive: true });
  }
  const parts = { trainval: data.train, test: data.test };
  for (const [part, root] of Object.entries(parts)) {
    const classes = readdirSync(root).sort();
    const images = classes.flatMap((name) =>
      readdirSync(path.join(root, name)).map((file) => ({ name, file })),
    );
    for (const { name, file } of images) {
      copyFileSync(path.join(root, name, file), path.join(folder, "voc/JPEGImages", idOf(part, name, file)));
    }
    const lines = (has: (name: string) => boolean) =>
      images
        .map(({ name, file }) => `${idOf(part, name, file).slice(0, -4)} ${has(name) ? " 1" : "-1"}\n`)
        .join("");
    for (const class_ of classes) {
      writeFileSync(
        path.join(folder, `voc/ImageSets/Main/${class_}_${part}.txt`),
        lines((name) => name === class_),
      );
    }
    const animal = lines((name) => classes.indexOf(name) < 2);
    writeFileSync(path.join(folder, `voc/ImageSets/Main/animal_${part}.txt`), animal);
  }
}
const idOf = (part: string, name: string, file: string) => `${part}-${name}-${file}`;

interface Found {
  readonly checkpoint: string;
  readonly protocol: string;
  readonly classes: readonly string[];
  readonly results: readonly Result[];
  readonly untrained?: readonly Result[];
}
interface Result {
  readonly layer?: string;
  readonly shots: number | null;
  readonly trainImages: number;
  readonly testImages: number;
  readonly meanPrecision: number;
  readonly perClass: readonly number[];
  readonly costs: readonly number[];
  readonly samples?: readonly number[];
}
const json = (...args: string[]) => {
  const { code, out, err } = tssl("evaluate", "svm", "run", ...args, "--json");
  expect([code, err.includes("Error")]).toEqual([0, false]);
  return JSON.parse(out) as Found;
};
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

describe("tssl evaluate svm", () => {
  it("takes training and test images from one folder of VOC's form, with several classes each", () => {
    const { classes, results, untrained } = json("--train", "voc");
    expect(classes).toEqual([...readdirSync(data.train), "animal"].sort());
    const [all] = results;
    expect(all).toMatchObject({
      shots: null,
      trainImages: 48,
      testImages: 20,
      costs: classes.map(() => 0.5),
    });
    expect(all!.meanPrecision).toBeCloseTo(all!.perClass.reduce((sum, one) => sum + one, 0) / 5, 12);
    expect(untrained![0]!.meanPrecision).toBeGreaterThan(0);
  });

  it("takes class folders, those of the run where no others are named; and the same as VOC's form", () => {
    const folders = json();
    const voc = json("--train", "voc");
    expect(folders.classes).toEqual(readdirSync(data.train).sort());
    const ofVoc = folders.classes.map((name) => voc.results[0]!.perClass[voc.classes.indexOf(name)]!);
    ofVoc.forEach((precision, i) => expect(folders.results[0]!.perClass[i]).toBeCloseTo(precision, 6));
  });

  it("chooses C for each class by cross-validation in the protocol vissl", () => {
    const ofFeatures = ["--protocol", "vissl", "--no-baseline", "--layers", "features"];
    const { results } = json(...ofFeatures);
    for (const cost of results[0]!.costs) {
      expect([0.01, 0.1, 1, 2, 5, 10, 15, 20, 50, 100, 1000]).toContain(cost);
    }
    expect(tssl("evaluate", "svm", "run", ...ofFeatures).out).not.toContain(costsByTestImages());
  });

  it("ranks images by each layer that is named", () => {
    const { results } = json("--no-baseline", "--layers", "res4,features");
    expect(results.map(({ layer }) => layer)).toEqual(["res4", undefined]);
    expect(results[1]).toEqual(json("--no-baseline").results[0]);
    const { out } = tssl("evaluate", "svm", "run", "--no-baseline", "--layers", "res4");
    expect(out).toMatch(/^layer +labels .*\nres4 +all images /m);
    expect(out).toContain("Average precision of each class, res4, all images:");
  });

  it("has one result for each number of images, by the seed", () => {
    const { results } = json("--shots", "1,2", "--no-baseline");
    expect(results.map(({ shots, trainImages }) => [shots, trainImages])).toEqual([[1, 4], [2, 8]]); // prettier-ignore
    expect(results[0]!.samples).toHaveLength(5);
    expect(json("--shots", "1,2", "--no-baseline").results).toEqual(results);
    expect(json("--shots", "1,2", "--no-baseline", "--seed", "9").results).not.toEqual(results);
    const vissl = ["--shots", "1", "--protocol", "vissl", "--layers", "features", "--no-baseline"];
    const { out } = tssl("evaluate", "svm", "run", ...vissl);
    expect(out).toContain(costsByTestImages());
    expect(out).toMatch(/^1 image of a class +4 /m);
  });

  it("prints tables; inspect, report and the run folder keep the result", () => {
    const { out } = tssl("evaluate", "svm", "run", "--train", "voc");
    const { results, untrained } = json("--train", "voc");
    expect(out).toContain("step-0000003: linear SVM, protocol pcl; 5 classes, 20 test images\n");
    expect(out).toMatch(/^labels +images +C +mAP +deviation +11-point +untrained\nall images +48 +0\.5 /m);
    expect(out).toMatch(/^animal +0\.5 +\d/m);
    const { out: shown } = tssl("inspect", "run");
    const [score, before] = [percent(results[0]!.meanPrecision), percent(untrained![0]!.meanPrecision)];
    expect(shown).toContain(
      `linear SVM, protocol pcl, mean average precision at epoch 1: ${score}, ${before} untrained ` +
        `(48 labelled images of ${path.join(folder, "voc")}, 20 test images of ${path.join(folder, "voc")})`,
    );
    expect(shown).toContain("linear SVM, protocol pcl, 2 images of a class, seed 0, mean average precision");
    expect(tssl("report", "run").code).toBe(0);
    const page = readFileSync(path.join(folder, "run/report.html"), "utf8");
    expect(page).toContain('<th scope="row">linear SVM, protocol pcl, mean average precision<br />');
  });

  it("is refused at once where classes have too few images", () => {
    const { code, err } = tssl("evaluate", "svm", "run", "--shots", "13");
    expect(code).toBe(2);
    const few = readdirSync(data.train).map((name) => `12 of 13 images with ${name}`);
    expect(err).toContain(`--train has too few images for this protocol: ${few.join(", ")}. Add images, `);
    expect(tssl("evaluate", "svm", "run", "--protocol", "voc").code).toBe(2);
  });
});
