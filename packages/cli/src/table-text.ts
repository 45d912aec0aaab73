import { counted, listed, percent, short } from "@tssl/core/internal";
import {
  type CostReceipt,
  type CurveReceipt,
  type Differences,
  type Measured,
  type MeasuredRow,
  meanInterval,
  type ParityReceipt,
  type SeedCurve,
} from "@tssl/report";

import { table } from "./table.ts";
import { COST_UNIT, NOT_MEASURED, tableCells, valuesAt } from "./table-cells.ts";

/** The table, as `tssl table` shows it. */
export function tableText(rows: readonly MeasuredRow[]): string {
  const body = rows.map((row) => {
    const { published, parity, curve, cost } = tableCells(row);
    return [row.id, row.system, paperText(row), row.preset, published, parity, curve, cost];
  });
  return [
    table(
      [["row", "system", "paper", "preset", "published", "parity", "CIFAR-10 kNN", "step"], ...body],
      "llllrlll",
    ),
    "",
    "Published: top-1 accuracy on ImageNet, ResNet-50, linear classifier, by protocols that differ:",
    table(
      rows.map(({ id, published: { protocol, source } }) => [`  ${id}`, protocol, source]),
      "lll",
    ),
    "",
    "Parity: the largest relative difference of whole training steps to the reference in PyTorch.",
    "CIFAR-10 kNN: of a subset, after the epochs of the row's curve; in brackets the mean's 95 % interval.",
    "Step: its time as a multiple of MoCo v2's, ResNet-20, batch 128, 32 pixels.",
    "Transfer: no row has been run on VOC or COCO here; each row says what there is for it.",
    "tssl table <row> shows the receipts of a row; tssl reproduce <row> measures it again in miniature.",
    "",
  ].join("\n");
}

/** A row with its receipts, as `tssl table <row>` shows it. */
export function rowText(row: MeasuredRow): string {
  const { id, system, paper, preset, published } = row;
  const { parity, curve, cost } = row.receipts;
  return [
    `${system}, ${paperText(row)}, ${paper.url}`,
    `preset     ${preset}`,
    `published  ${published.top1.toFixed(1)} % (${published.protocol}; ${published.source})`,
    "",
    ...(parity === undefined ? [`Parity: ${NOT_MEASURED}.`] : parityLines(parity)),
    "",
    ...(curve === undefined ? [`Learning curve: ${NOT_MEASURED}.`] : curveLines(curve)),
    "",
    ...(cost === undefined ? [noCost(id)] : costLines(cost)),
    "",
    ...transferLines(row),
    "",
  ].join("\n");
}

const paperText = ({ paper: { authors, year } }: MeasuredRow): string => `${authors} ${year}`;

const differencesText = ({ loss, gradients, state }: Differences): readonly string[] =>
  [loss, gradients, state].map((each) => each.toExponential(1));

const parityLines = (receipt: ParityReceipt): readonly string[] => [
  "Parity: largest relative differences to the reference's steps in PyTorch, and what is allowed",
  table([
    ["  steps", "", "losses", "gradients", "state"],
    ...receipt.cases.flatMap(({ name, steps, differences, tolerance }) => [
      [`  ${name}`, String(steps), ...differencesText(differences)],
      ["    allowed", "", ...differencesText(tolerance)],
    ]),
  ]),
  ...receipt.cases.map(({ name, reference }) => `  ${name} follows ${reference}`),
  ...measuredLines(receipt),
];

function curveLines(receipt: CurveReceipt): readonly string[] {
  const { preset, data, tssl, pytorch } = receipt;
  const rows = (["knn", "loss"] as const).flatMap((quantity) =>
    tssl[0]![quantity].map(({ epoch }) => [
      `  ${quantity === "knn" ? "kNN" : "loss"}`,
      String(epoch),
      meanText(tssl, quantity, epoch),
      meanText(pytorch, quantity, epoch),
    ]),
  );
  return [
    `Learning curve of ${preset} on ${data}: mean and 95 % interval of it`,
    "  Before training (epoch 0) tssl settles the statistics of batch norm, and PyTorch's script does not.",
    table([
      ["", "epoch", `tssl, ${counted(tssl.length, "seed")}`, `PyTorch, ${counted(pytorch.length, "seed")}`],
      ...rows,
    ]),
    ...measuredLines(receipt),
    `  tolerance ${receipt.tolerance.map((each) => each.toExponential(1)).join(", ")} of the first losses ` +
      "on the bundled images",
  ];
}

function meanText(curves: readonly SeedCurve[], quantity: "knn" | "loss", epoch: number): string {
  const values = valuesAt(curves, quantity, epoch);
  if (values.length < 2) return "–";
  const { mean, low, high } = meanInterval(values);
  const shown = quantity === "knn" ? percent : short;
  return `${shown(mean)} [${shown(low)}, ${shown(high)}]`;
}

const noCost = (id: string): string =>
  id === COST_UNIT
    ? "Step: those of the other rows are multiples of it."
    : `Step beside MoCo v2's: ${NOT_MEASURED}.`;

const costLines = (receipt: CostReceipt): readonly string[] => [
  `Step: ${receipt.ratio.toFixed(2)} times MoCo v2's ` +
    `(${receipt.range.map((each) => each.toFixed(2)).join(" to ")} in ${counted(receipt.rounds, "round")})`,
  ...measuredLines(receipt),
  `  tolerance ${percent(receipt.tolerance)} of it`,
];

/** What of the paper's transfer can be run, and that it was not: the images of VOC and COCO are not here. */
function transferLines({ transfer: { svm, detection } }: MeasuredRow): readonly string[] {
  const published =
    svm === undefined
      ? "no published number was found"
      : `published ${svm.meanPrecision.toFixed(1)} % mean average precision (${svm.protocol}; ${svm.source})`;
  return [
    "Transfer: not run, since the images of VOC and COCO are not here",
    `  VOC07, linear SVMs    ${published}`,
    "                        tssl evaluate svm: decision values within 1e-5 of scikit-learn's LinearSVC",
    "  few labels            tssl evaluate finetune, against the same network from scratch",
    "  VOC, COCO detection   " +
      (detection
        ? "tssl export --to detectron2: the file read back is proven equal; names are tested one by one"
        : "no export: detectron2 has no such encoder"),
  ];
}

const measuredLines = (receipt: Measured): readonly string[] => [
  `  config    ${receipt.configHash}`,
  ...(receipt.seeds.length === 0 ? [] : [`  seeds     ${listed(receipt.seeds.map(String))}`]),
  `  versions  ${Object.entries(receipt.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")}, commit ${receipt.commit}`,
  `  hardware  ${receipt.hardware}, ${receipt.measuredAt.slice(0, 10)}`,
  `  command   ${receipt.command}`,
];
