import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "./built-program.test.data.ts";
import { setFlags } from "./example-run.test.data.ts";

const EXAMPLES = fileURLToPath(new URL("../../../examples", import.meta.url));

let folder: string;
let images: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-examples-"));
  images = path.join(folder, "images");
  mkdirSync(images);
  const { train } = await cifar10Subset();
  for (const name of readdirSync(train).slice(0, 4)) {
    for (const file of readdirSync(path.join(train, name)).slice(0, 8)) {
      copyFileSync(path.join(train, name, file), path.join(images, `${name}-${file}`));
    }
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Scalars = Readonly<Record<string, number>>;

/** Trains an example for one epoch of two steps on 32 images, and returns the scalars of each step. */
function train(example: string, values: object): { first: Scalars; title: string } {
  const small = {
    "data.train": images,
    encoder: { use: "resnet20", widths: [4, 4, 8] },
    batchSize: 16,
    epochs: 1,
    "engine.mode": "eager", // two steps are over before they would be compiled
    ...values,
  };
  const out = path.join(folder, example.replaceAll("/", "-"));
  const { code, err } = warmTsslIn(folder, [
    "train",
    path.join(EXAMPLES, example),
    "--out",
    out,
    ...setFlags(small),
  ]);
  expect(err).not.toMatch(/^Error/m);
  expect(code).toBe(0);
  const lines = readFileSync(path.join(out, "metrics.jsonl"), "utf8").trim().split("\n");
  const steps = lines.map((line) => JSON.parse(line) as { step: number; values: Scalars });
  return { first: steps.find(({ step }) => step === 1)!.values, title: err };
}

type Composed = [file: string, values: object, plugins: string, terms: string[]];

describe("examples/compose-methods", () => {
  it.each<Composed>([
    [
      "clsa-with-crops.yaml",
      { "plugins.0.queueSize": 32, "plugins.0.batchNormGroups": 2 },
      "moco + clsa",
      ["moco/infoNce", "clsa/ddm", "clsa/weakViews"],
    ],
  ])("%s trains on the sum of its terms", trainsOnTheSum);

  // Their steps are those of the conformance tests.
  it.each<Composed>([
    ["simclr-with-clsa.yaml", {}, "simclr + clsa", ["simclr/ntXent", "clsa/ddm"]],
    ["byol-with-clsa.yaml", { "plugins.0.queueSize": 32 }, "byol + clsa", ["byol/regression", "clsa/ddm"]],
  ])("%s trains on the sum of its terms", { tags: "long" }, trainsOnTheSum);

  function trainsOnTheSum(...[file, values, plugins, terms]: Composed): void {
    const { first, title } = train(`compose-methods/${file}`, values);
    expect(title).toContain(`${plugins} on 32 images, 1 epoch of 2 steps, batch 16`);
    const sum = terms.reduce((total, name) => total + first[name]!, 0);
    expect(first["loss"]! / sum).toBeCloseTo(1, 5);
  }
});

describe("examples/add-ddm-to-a-baseline", () => {
  it("starts as the baseline does, and adds the divergence to its loss", () => {
    const baseline = train("add-ddm-to-a-baseline/baseline.yaml", { "plugins.0.queueSize": 32 }).first;
    const withDdm = train("add-ddm-to-a-baseline/with-ddm.yaml", { "plugins.0.queueSize": 32 }).first;
    expect(withDdm["moco/infoNce"]).toBeCloseTo(baseline["moco/infoNce"]!, 5);
    expect(baseline["loss"]).toBeCloseTo(baseline["moco/infoNce"]!, 6);
    expect(withDdm["loss"]).toBeCloseTo(baseline["loss"]! + withDdm["clsa/ddm"]!, 4);
  });
});

describe("examples/cpc-on-patches", () => {
  it("predicts patches in four directions", () => {
    const values = { "plugins.0.contextWidth": 4, "plugins.0.contextBlocks": 1 };
    const { first, title } = train("cpc-on-patches/config.yaml", values);
    expect(title).toContain("cpc on 32 images");
    const terms = ["cpc/down", "cpc/up", "cpc/right", "cpc/left"].map((name) => first[name]!);
    for (const loss of terms) expect(loss / (3 * Math.log(16 * 49))).toBeCloseTo(1, 1); // untrained: chance
    expect(first["loss"]! / terms.reduce((total, loss) => total + loss, 0)).toBeCloseTo(1, 5);
  });
});

describe("examples/your-own-plugin", () => {
  it("adds a term from a file of the user's", () => {
    const values = { "plugins.0.queueSize": 32, "plugins.0.batchNormGroups": 2, "plugins.1.weight": 2 };
    const { first, title } = train("your-own-plugin/config.yaml", values);
    expect(title).toContain("moco + co2 on 32 images");
    expect(first["co2/consistency"]).toBeGreaterThan(0);
    expect(first["loss"]).toBeCloseTo(first["moco/infoNce"]! + 2 * first["co2/consistency"]!, 4);
  });
});
