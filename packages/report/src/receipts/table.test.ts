import { meanOf } from "@tssl/core/internal";
import { refusal, temporaryFolder } from "@tssl/core/testing";
import { expect, it } from "vitest";

import { curveReceipt } from "./curve-receipt.test.data.ts";
import { valuesHash } from "./deciding-values.ts";
import { expectedCurve } from "./expected-curve.ts";
import type { CurveReceipt, SeedCurve } from "./receipt.ts";
import { readTable } from "./table.ts";

const rows = await readTable();
const row = {
  id: "moco",
  system: "MoCo",
  paper: { authors: "He et al.", year: 2020, url: "https://arxiv.org/abs/1911.05722" },
  preset: "moco/imagenet",
  published: { top1: 60.6, protocol: "200 epochs", source: "the paper" },
  transfer: { detection: true },
  plugins: [{ use: "moco" }],
};

it("has the systems of CLSA's table, and BYOL", () => {
  expect(rows.map(({ system }) => system)).toEqual([
    ...["InstDisc", "LocalAgg", "MoCo v1", "SimCLR", "CPC v2", "PCL v2", "MoCo v2", "InfoMin Aug", "BYOL"],
    ...["SwAV", "CLSA", "CLSA*", "Supervised"],
  ]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
});

it("a receipt's hash is that of its config", () => {
  for (const { receipts } of rows) {
    if (receipts.curve !== undefined)
      expect(valuesHash(receipts.curve.config)).toBe(receipts.curve.configHash);
  }
});

it("parity holds in every receipt", () => {
  for (const { receipts } of rows) {
    for (const { name, differences, tolerance } of receipts.parity?.cases ?? []) {
      for (const kind of ["loss", "gradients", "state"] as const) {
        expect(differences[kind], `${name}, ${kind}`).toBeLessThanOrEqual(tolerance[kind]);
      }
    }
  }
});

it("bands hold further runs: those that are left out in turn, and PyTorch's", () => {
  for (const { id, receipts } of rows) {
    if (receipts.curve === undefined || receipts.curve.tssl.length < 4) continue;
    const { tssl, pytorch } = receipts.curve;
    const without = (left: SeedCurve) => tssl.filter((each) => each !== left);
    const leftOut = tssl.flatMap((run) => placesIn({ ...receipts.curve!, tssl: without(run) }, run));
    // Before training, the programs are not to be compared.
    const ofPyTorch = pytorch.flatMap((run) =>
      placesIn(receipts.curve!, { ...run, knn: run.knn.filter(({ epoch }) => epoch > 0) }),
    );
    expect(meanOf(leftOut), id).toBeGreaterThan(0.85);
    if (ofPyTorch.length > 0) expect(meanOf(ofPyTorch), id).toBeGreaterThan(0.85);
  }
});

/** 1 for each value of a run that lies within the bands of a receipt, 0 for any other. */
const placesIn = (receipt: CurveReceipt, run: SeedCurve): readonly number[] =>
  (["knn", "loss"] as const).flatMap((quantity) =>
    expectedCurve(receipt)![quantity].flatMap(({ epoch, low, high }) => {
      const value = run[quantity].find((point) => point.epoch === epoch)?.value;
      return value === undefined ? [] : [value >= low && value <= high ? 1 : 0];
    }),
  );

it("reads rows with the receipts that there are", async () => {
  const folder = await temporaryFolder({
    "rows.json": JSON.stringify([row, { ...row, id: "other" }]),
    "moco/curve.json": JSON.stringify(curveReceipt()),
  });
  expect(await readTable(folder.path)).toEqual([
    { ...row, receipts: { curve: curveReceipt() } },
    { ...row, id: "other", receipts: {} },
  ]);
  await folder.remove();
});

it("names the file and the place where a receipt is not of its shape", async () => {
  const folder = await temporaryFolder({
    "rows.json": JSON.stringify([row]),
    "moco/curve.json": JSON.stringify({ ...curveReceipt(), tolerance: [0.1, 0] }),
  });
  expect(await refusal(() => readTable(folder.path))).toMatch(
    /^FILE_DAMAGED: .*moco.curve\.json is damaged: tolerance\.1 must be > 0, got 0\./,
  );
  await folder.remove();
});
