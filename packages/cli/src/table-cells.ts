import { percent } from "@tssl/core/internal";
import { type CurveReceipt, type MeasuredRow, meanInterval, type SeedCurve } from "@tssl/report";

/** What a figure that has no receipt shows. */
export const NOT_MEASURED = "not measured yet";

/** The row whose step those of the others are multiples of; it has no receipt of its own. */
export const COST_UNIT = "moco";

/** The figures of a row in a few words each, by the column's title. */
export function tableCells({ id, published, receipts }: MeasuredRow) {
  const { parity, curve, cost } = receipts;
  const largest = (kind: "loss" | "gradients" | "state") =>
    Math.max(...parity!.cases.map(({ differences }) => differences[kind])).toExponential(0);
  return {
    published: `${published.top1.toFixed(1)} %`,
    parity: parity === undefined ? NOT_MEASURED : `loss ${largest("loss")}, state ${largest("state")}`,
    curve: curve === undefined ? NOT_MEASURED : curveText(curve),
    cost: id === COST_UNIT ? "1 ×" : cost === undefined ? NOT_MEASURED : `${cost.ratio.toFixed(2)} ×`,
  };
}

/** "29.7 % [28.2, 31.3], PyTorch 29.3 % [26.4, 32.2], epoch 15" */
function curveText({ tssl, pytorch }: CurveReceipt): string {
  const epoch = tssl[0]!.knn.at(-1)!.epoch;
  const reference = pytorch.length < 2 ? "" : `, PyTorch ${knnText(pytorch, epoch)}`;
  return `${knnText(tssl, epoch)}${reference}, epoch ${epoch}`;
}

function knnText(curves: readonly SeedCurve[], epoch: number): string {
  const { mean, low, high } = meanInterval(valuesAt(curves, "knn", epoch));
  const points = (share: number) => (100 * share).toFixed(1);
  return `${percent(mean)} [${points(low)}, ${points(high)}]`;
}

/** The values of those seeds that have one at an epoch. */
export const valuesAt = (
  curves: readonly SeedCurve[],
  quantity: "knn" | "loss",
  epoch: number,
): readonly number[] =>
  curves.flatMap((curve) => curve[quantity].find((point) => point.epoch === epoch)?.value ?? []);
