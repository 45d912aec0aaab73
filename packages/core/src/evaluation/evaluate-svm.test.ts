import path from "node:path";

import { decodeImage } from "@tssl/augment-zoo";
import { cifar10Subset } from "@tssl/demo-data";
import { beforeAll, describe, expect, it } from "vitest";

import { readImageFolder } from "../data/image-folder.ts";
import { oneOfMany } from "../data/multi-label-set.ts";
import { tooFewForSvm } from "../messages/options.ts";
import { readGolden } from "../testing/index.ts";
import { evaluateSvm, validate } from "./evaluate-svm.ts";
import { requireEnough, type SvmData } from "./svm-data.ts";
import { svmProtocols } from "./svm-protocol.ts";

interface GoldenClass {
  validation: number[];
  cost: number;
  vissl: number;
  pcl: number;
  pclElevenPoints: number;
}
const golden = readGolden<{
  protocols: { costs: number[]; firstFeatures: number[]; classes: Record<string, GoldenClass> };
}>(new URL("../../fixtures/linear-svm.json", import.meta.url)).protocols;
const expected = Object.values(golden.classes);

/** Means of the blocks of the first 30 images of each class, as the script makes them. */
async function blockMeans(folder: string) {
  const set = await readImageFolder(folder);
  const rows = set.files.flatMap((file, i) =>
    Number(path.basename(file as string, ".jpg")) < 30
      ? [{ file: file as string, label: set.labels![i]! }]
      : [],
  );
  const values = new Float32Array(rows.length * 48);
  for (const [row, { file }] of rows.entries()) {
    const { data } = await decodeImage(file);
    const own = new Float64Array(48);
    data.forEach((level, i) => {
      const [y, x] = [Math.floor(i / 96), Math.floor((i % 96) / 3)];
      own[(Math.floor(y / 8) * 4 + Math.floor(x / 8)) * 3 + (i % 3)]! += level / 64;
    });
    values.set(own.map((mean) => mean / 127.5 - 1), row * 48); // prettier-ignore
  }
  return {
    features: { values, count: rows.length, dim: 48 },
    targets: oneOfMany(Int32Array.from(rows, ({ label }) => label), set.classes.length), // prettier-ignore
    classes: set.classes,
  };
}

let data: SvmData;
let classes: readonly string[];
beforeAll(async () => {
  const subset = await cifar10Subset();
  const [train, test] = [await blockMeans(subset.train), await blockMeans(subset.test)];
  ({ classes } = train);
  data = {
    train: train.features,
    trainTargets: train.targets,
    test: test.features,
    testTargets: test.targets,
    classes: classes.length,
  };
});

const close = (found: readonly (number | null)[], values: readonly number[], digits: number) =>
  values.forEach((value, i) => expect(found[i]).toBeCloseTo(value, digits));

describe("evaluateSvm on real images", () => {
  it("has scikit-learn's average precisions in PCL's protocol", () => {
    expect(classes).toEqual(Object.keys(golden.classes));
    const result = evaluateSvm(data, { protocol: "pcl", shots: null, seed: 0 });
    close(result.perClass, expected.map(({ pcl }) => pcl), 6); // prettier-ignore
    close(result.perClassElevenPoint, expected.map(({ pclElevenPoints }) => pclElevenPoints), 6); // prettier-ignore
    const mean = expected.reduce((sum, { pcl }) => sum + pcl, 0) / expected.length;
    expect(result.meanPrecision).toBeCloseTo(mean, 6);
    expect(result).toMatchObject({ shots: null, trainImages: 300, testImages: 300, costs: classes.map(() => 0.5) }); // prettier-ignore
  });

  it("has scikit-learn's cross-validation", () => {
    expect(svmProtocols.vissl.costs).toEqual(golden.costs);
    const few = golden.costs.slice(0, 4);
    const { train } = data;
    const unit = train.values.map((value, i) => {
      const row = Math.floor(i / 48);
      return value / (Math.hypot(...train.values.subarray(row * 48, row * 48 + 48)) + 1e-5);
    });
    const found = validate({ ...data, train: { ...train, values: unit } }, 0, few);
    close(found, expected[0]!.validation.slice(0, 4), 6);
  });

  it("has scikit-learn's costs and precisions in VISSL's protocol", { tags: "long" }, () => {
    const result = evaluateSvm(data, { protocol: "vissl", shots: null, seed: 0 });
    expect(result.costs).toEqual(expected.map(({ cost }) => cost));
    close(result.perClass, expected.map(({ vissl }) => vissl), 5); // prettier-ignore
  });

  it("is the mean of five samples with few images, the same again with one seed", () => {
    const few = evaluateSvm(data, { protocol: "pcl", shots: 2, seed: 1 });
    expect(few.trainImages).toBe(20);
    expect(few.samples).toHaveLength(5);
    const mean = few.samples!.reduce((sum, sample) => sum + sample, 0) / 5;
    expect(few.meanPrecision).toBeCloseTo(mean, 12);
    expect(new Set(few.samples).size).toBe(5);
    expect(evaluateSvm(data, { protocol: "pcl", shots: 2, seed: 1 })).toEqual(few);
    expect(evaluateSvm(data, { protocol: "pcl", shots: 2, seed: 2 }).samples).not.toEqual(few.samples);
  });
});

describe("evaluateSvm", () => {
  it("leaves difficult test images out in VISSL's protocol, and counts them as absent in PCL's", () => {
    // The first two have one score, so the earlier one, which is difficult, comes first.
    const features = { values: Float32Array.of(1, 1, -1), count: 3, dim: 1 };
    const one: SvmData = {
      ...{ train: features, trainTargets: Int8Array.of(1, 1, -1) },
      ...{ test: features, testTargets: Int8Array.of(0, 1, -1) },
      classes: 1,
    };
    const precisions = (protocol: "pcl" | "vissl") =>
      evaluateSvm(one, { protocol, shots: 1, seed: 0 }).perClass;
    expect(precisions("pcl")).toEqual([0.5]);
    expect(precisions("vissl")).toEqual([1]);
  });

  it("is refused with all classes that have too few images", () => {
    const images = { root: "", files: [], names: [], classes: [], ledger: { found: 0, images: 0, labels: 0, leftOut: [] } }; // prettier-ignore
    const set = (targets: Int8Array) => ({ images, classes: ["cat", "dog"], targets });
    const train = set(Int8Array.of(1, -1, 1, -1, 1, 1, -1, -1)); // 3 of 4 have cats, 1 has a dog
    const few = [
      { name: "cat", kind: "without", found: 1, needed: 3 },
      { name: "dog", kind: "with", found: 1, needed: 3 },
    ] as const;
    expect(() => requireEnough({ train, test: train }, "vissl", null)).toThrow(tooFewForSvm(few, false).message); // prettier-ignore
    expect(() => requireEnough({ train, test: train }, "pcl", null)).not.toThrow();
    const none = set(Int8Array.of(-1, 0));
    expect(() => requireEnough({ train, test: none }, "pcl", null)).toThrow(
      "no image of --test has a class.",
    );
  });
});
