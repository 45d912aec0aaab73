import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { type MeasuredRow, readTable } from "@tssl/report";
import { format, resolveConfig } from "prettier";
import { expect, it } from "vitest";

import { goldenCasesOf, rowsWithGoldenCases } from "./golden-cases.ts";
import { presetConfig } from "./preset-config.ts";
import { presetNames } from "./presets.ts";
import { isAsMeasured, worstLoss } from "./reproduce-row.ts";
import { costConfig } from "./step-cost.ts";
import { tableCells } from "./table-cells.ts";
import { tableMarkdown, tablePage, withTable } from "./table-markdown.ts";
import { rowText, tableText } from "./table-text.ts";

const rows = await readTable();

const measured = {
  configHash: "abc",
  seeds: [0, 1, 2],
  versions: { tssl: "0.1.0", PyTorch: "2.14.1" },
  hardware: "a processor, 1 core",
  command: "tssl compare a.yaml",
  commit: "1234567",
  measuredAt: "2026-11-29T12:00:00.000Z",
};
const curveOf = (seed: number, knn: number, loss: number) => ({
  seed,
  knn: [{ epoch: 2, value: knn }],
  loss: [{ epoch: 1, value: loss }],
});
const row: MeasuredRow = {
  id: "mine",
  system: "MoCo",
  paper: { authors: "He et al.", year: 2020, url: "https://arxiv.org/abs/1911.05722" },
  preset: "moco/imagenet",
  published: { top1: 60.6, protocol: "200 epochs", source: "the paper" },
  transfer: {
    svm: { meanPrecision: 85.4, protocol: "all labels", source: "a README" },
    detection: true,
  },
  plugins: [{ use: "moco" }],
  receipts: {
    parity: {
      ...measured,
      cases: [
        {
          name: "moco-steps",
          steps: 10,
          reference: "moco/builder.py",
          differences: { loss: 2.4e-7, gradients: 4e-6, state: 1.4e-6 },
          tolerance: { loss: 1e-5, gradients: 1e-4, state: 1e-4 },
        },
      ],
    },
    curve: {
      ...measured,
      preset: "moco/small",
      data: "some images",
      images: { train: "digest" },
      config: {},
      tssl: [curveOf(0, 0.3, 8), curveOf(1, 0.32, 9), curveOf(2, 0.34, 10)],
      pytorch: [curveOf(0, 0.31, 8), curveOf(1, 0.33, 9)],
      miniature: [2, 1],
      tolerance: [0.001, 0.01],
    },
    cost: { ...measured, ratio: 1.234, range: [1.2, 1.3], rounds: 7, tolerance: 0.1 },
  },
};
const unmeasured: MeasuredRow = {
  ...row,
  id: "cpc",
  system: "CPC",
  transfer: { detection: false },
  receipts: {},
};

it("a figure is that of its receipt, or not measured yet", () => {
  // The 95 % interval of 0.30, 0.32, 0.34: ± 4.3027 · 0.02 / sqrt(3); of 0.31, 0.33: ± 12.706 · 0.01.
  expect(tableCells(row)).toEqual({
    published: "60.6 %",
    parity: "loss 2e-7, state 1e-6",
    curve: "32.0 % [27.0, 37.0], PyTorch 32.0 % [19.3, 44.7], epoch 2",
    cost: "1.23 ×",
  });
  const none = "not measured yet";
  expect(tableCells(unmeasured)).toEqual({ published: "60.6 %", parity: none, curve: none, cost: none });
  expect(tableCells({ ...unmeasured, id: "moco" }).cost).toBe("1 ×");
});

it("shows a line for each row, and each protocol with its source", () => {
  const text = tableText([row, unmeasured]);
  expect(text).toContain("mine  MoCo    He et al. 2020  moco/imagenet     60.6 %  loss 2e-7, state 1e-6");
  expect(text).toContain("  mine  200 epochs  the paper\n");
});

it("shows the receipts of a row", () => {
  expect(rowText(row)).toBe(`MoCo, He et al. 2020, https://arxiv.org/abs/1911.05722
preset     moco/imagenet
published  60.6 % (200 epochs; the paper)

Parity: largest relative differences to the reference's steps in PyTorch, and what is allowed
  steps           losses  gradients   state
  moco-steps  10  2.4e-7     4.0e-6  1.4e-6
    allowed       1.0e-5     1.0e-4  1.0e-4
  moco-steps follows moco/builder.py
  config    abc
  seeds     0, 1 and 2
  versions  tssl 0.1.0, PyTorch 2.14.1, commit 1234567
  hardware  a processor, 1 core, 2026-11-29
  command   tssl compare a.yaml

Learning curve of moco/small on some images: mean and 95 % interval of it
  Before training (epoch 0) tssl settles the statistics of batch norm, and PyTorch's script does not.
        epoch            tssl, 3 seeds         PyTorch, 2 seeds
  kNN       2  32.0 % [27.0 %, 37.0 %]  32.0 % [19.3 %, 44.7 %]
  loss      1         9 [6.516, 11.48]       8.5 [2.147, 14.85]
  config    abc
  seeds     0, 1 and 2
  versions  tssl 0.1.0, PyTorch 2.14.1, commit 1234567
  hardware  a processor, 1 core, 2026-11-29
  command   tssl compare a.yaml
  tolerance 1.0e-3, 1.0e-2 of the first losses on the bundled images

Step: 1.23 times MoCo v2's (1.20 to 1.30 in 7 rounds)
  config    abc
  seeds     0, 1 and 2
  versions  tssl 0.1.0, PyTorch 2.14.1, commit 1234567
  hardware  a processor, 1 core, 2026-11-29
  command   tssl compare a.yaml
  tolerance 10.0 % of it

Transfer: not run, since the images of VOC and COCO are not here
  VOC07, linear SVMs    published 85.4 % mean average precision (all labels; a README)
                        tssl evaluate svm: decision values within 1e-5 of scikit-learn's LinearSVC
  few labels            tssl evaluate finetune, against the same network from scratch
  VOC, COCO detection   tssl export --to detectron2: the file read back is proven equal; names are tested one by one
`);
});

it("says where a row has no published SVM and no encoder in detectron2", () => {
  const text = rowText(unmeasured);
  expect(text).toContain("VOC07, linear SVMs    no published number was found\n");
  expect(text).toContain("VOC, COCO detection   no export: detectron2 has no such encoder\n");
});

it.each(rows)("$id: detectron2 has its encoder, or the row says that it has not", async (each) => {
  const preset = presetNames.find((name) => name === each.preset)!;
  const { encoder } = (await presetConfig(preset)).config;
  const { stem, norm } = encoder.options as { readonly stem?: string; readonly norm?: string };
  expect(each.transfer.detection).toBe(stem === "imagenet" && norm !== "layer");
});

it("in Markdown, a row is a line", () => {
  expect(tableMarkdown([row]).split("\n")[2]).toBe(
    "| MoCo | [He et al. 2020](https://arxiv.org/abs/1911.05722) | `moco/imagenet` | 60.6 %: 200 epochs | " +
      "loss 2e-7, state 1e-6 | 32.0 % [27.0, 37.0], PyTorch 32.0 % [19.3, 44.7], epoch 2 | 1.23 × |",
  );
});

it("README.md and docs/table.md have the receipts' figures; after a change: npm run docs:table", async () => {
  const at = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));
  const formatted = async (file: string, text: string) =>
    format(text, { ...(await resolveConfig(file)), filepath: file });
  const [readme, page] = [at("README.md"), at("docs/table.md")];
  const written = readFileSync(readme, "utf8");
  expect(written).toBe(await formatted(readme, withTable(written, rows)));
  expect(readFileSync(page, "utf8")).toBe(await formatted(page, tablePage(rows)));
});

it("the rows' presets, plugins, golden steps and receipts fit what is installed", async () => {
  expect(rows.map(({ preset }) => preset).filter((each) => !presetNames.includes(each as never))).toEqual([]);
  expect(rowsWithGoldenCases.filter((id) => !rows.some((each) => each.id === id))).toEqual([]);
  for (const { id, plugins, receipts } of rows) {
    await costConfig(plugins);
    if (receipts.parity !== undefined) {
      const golden = await goldenCasesOf(id);
      expect(receipts.parity.cases.map(({ name }) => name)).toEqual(golden.map(({ name }) => name));
      const settings = JSON.stringify(golden.map((each) => each.golden.settings));
      expect(receipts.parity.configHash).toBe(createHash("sha256").update(settings).digest("hex"));
    }
    if (receipts.curve !== undefined) expect(await isAsMeasured(receipts.curve), id).toBe(true);
  }
});

it.each([
  { losses: [2, 1], step: 1, difference: 0 },
  { losses: [2.02, 1.03], step: 1, difference: 0.01 }, // ten times what is allowed; the other, three times
  { losses: [2.001, 1.03], step: 2, difference: 0.03 },
  { losses: [2], step: 2, difference: Infinity },
  { losses: [NaN, 1], step: 1, difference: Infinity },
])("of the losses $losses beside 2 and 1, that of step $step is farthest", ({ losses, step, difference }) => {
  const worst = worstLoss(losses, [2, 1], [0.001, 0.01]);
  expect(worst.step).toBe(step);
  expect(worst.difference).toBeCloseTo(difference, 12);
});
