import { refusal, temporaryFolder } from "@tssl/core/testing";
import { expect, it } from "vitest";

import { curveReceipt } from "./curve-receipt.test.data.ts";
import { valuesHash } from "./deciding-values.ts";
import { readTable } from "./table.ts";

const rows = await readTable();
const row = {
  id: "moco",
  system: "MoCo",
  paper: { authors: "He et al.", year: 2020, url: "https://arxiv.org/abs/1911.05722" },
  published: { top1: 60.6, protocol: "200 epochs", source: "the paper" },
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
