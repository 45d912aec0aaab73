import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "../built-program.test.data.ts";
import { EXAMPLE, smallExample } from "../example-run.test.data.ts";
import { copyTrainAndTest } from "../few-images.test.data.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-finetune-"));
  const data = await copyTrainAndTest(folder);
  tssl("train", EXAMPLE, "--out", "run", ...smallExample(data, { epochs: 1 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tssl = (...args: string[]) => warmTsslIn(folder, args);
const tune = (...more: string[]) =>
  tssl("evaluate", "finetune", "run", "--epochs", "2", "--batch-size", "16", ...more);

interface Result {
  readonly fraction: number;
  readonly trainImages: number;
  readonly trunkRate: number;
  readonly headRate: number;
  readonly trainLoss: number;
  readonly top1: number;
}
interface Found {
  readonly results: readonly Result[];
  readonly untrained?: readonly Result[];
}

describe("tssl evaluate finetune", () => {
  it("trains with the shares that leave an image of each class, against the network from scratch", () => {
    const { code, out } = tune();
    expect(code).toBe(0);
    expect(out).toContain(
      "step-0000003: fine-tuned for 2 epochs, batch 16, seed 0; from scratch with lr 0.1; 20 test images\n",
    );
    expect(out).toMatch(/^labels +images +lr +head lr +top-1 +per class +train loss +from scratch +gain\n10\.0 % +4 .*\n100\.0 % +48 /m); // prettier-ignore
    expect(out.match(/^With (10\.0|100\.0) % of the labels .*\.$/gm)).toHaveLength(2);
  });

  it("is the same again with one seed, kept in the run folder, and shown by inspect and report", () => {
    const json = (...more: string[]) => {
      const { code, out, err } = tune(
        "--fraction",
        "1",
        "--lr-trunk",
        "0.05",
        "--lr-head",
        "0.3",
        "--json",
        ...more,
      );
      expect([code, err.includes("Error")]).toEqual([0, false]);
      return JSON.parse(out) as Found;
    };
    const found = json();
    expect(found.results[0]).toMatchObject({ fraction: 1, trainImages: 48, trunkRate: 0.05, headRate: 0.3 });
    expect(found.untrained![0]).toMatchObject({ trunkRate: 0.1, headRate: 0.1 });
    expect(json()).toEqual(found);
    const other = json("--seed", "5", "--no-baseline");
    expect(other.untrained).toBeUndefined();
    expect(other.results[0]!.trainLoss).not.toBe(found.results[0]!.trainLoss);

    const name = "fine-tuned, 2 epochs, batch 16, learning rates 0.05 and 0.3, from scratch 0.1, seed 0";
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const [trained, scratch] = [percent(found.results[0]!.top1), percent(found.untrained![0]!.top1)];
    expect(tssl("inspect", "run").out).toContain(`${name} at epoch 1: ${trained}, ${scratch} untrained (48 `);
    expect(tssl("report", "run").code).toBe(0);
    expect(readFileSync(path.join(folder, "run/report.html"), "utf8")).toContain(
      `<th scope="row">${name}<br />`,
    );
  });

  it("keeps what was measured where training from scratch fails", () => {
    const { code, out, err } = tune("--fraction", "1", "--lr-scratch", "1e38");
    expect(code).toBe(0);
    expect(err).toContain(
      "The untrained encoder could not be measured, so there is no baseline: The loss of ",
    );
    expect(out).toMatch(/^100\.0 % +48 .* – +–$/m);
  });

  it("says what is wrong before it trains", () => {
    const { code, err } = tune("--fraction", "0.01");
    expect(code).toBe(2);
    expect(err).toContain("fraction must be at least 0.083 (one image for each of 4 classes, of 48)");
    expect(tune("--lr-head", "0").code).toBe(2);
  });
});
