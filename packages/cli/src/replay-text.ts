import path from "node:path";

import { onOneLine } from "@tssl/core/internal";
import type { NotFiniteOp, Replay, ReplayedTensor } from "@tssl/core/run";

import { table } from "./table.ts";

type Summary = ReplayedTensor["summary"];

/** A replayed step as text: its scalars, the op that first gave NaN or infinity, and its tensors. */
export function replayText(replay: Replay): string {
  const { step, totalSteps, epoch, checkpoint, indices, learningRate, scalars, notFinite, tensors } = replay;
  const from = checkpoint === undefined ? "from the start of the run" : `from ${checkpoint}`;
  const begins = notFinite.some(({ inputs }) => inputs.every(isFiniteSummary));
  const shown = tensors.filter(
    ({ kind, summary }) => kind === "view" || kind === "gradient" || !isFiniteSummary(summary),
  );
  return [
    `Step ${step} of ${totalSteps}, epoch ${epoch + 1}, repeated ${from}: ` +
      `lr ${number(learningRate)}, images ${indices.join(", ")}`,
    "",
    table(Object.entries(scalars).map(([name, value]) => [name, number(value)])),
    "",
    ...(notFinite.length === 0
      ? ["Every result of every op is finite."]
      : [
          begins
            ? "These ops first gave numbers that are not finite:"
            : "The inputs of the step are not finite already. These ops show it first:",
          ...notFinite.map((op, i) => onOneLine(`${i + 1}. ${opText(op)}`)),
        ]),
    "",
    table([
      ["tensor", "shape", "min", "mean", "max", "NaN", "infinite"],
      ...shown.map(({ kind, name, summary }) => [`${kind} ${name}`, ...cells(summary)]),
    ]),
    "",
  ].join("\n");
}

/** "[clsa] step: Log gives [16, 40] with 3 NaN; ddm.ts:41; of [16, 40] from -2 to 0" */
function opText({ op, phase, place, result, inputs }: NotFiniteOp): string {
  const of = inputs.map((input) =>
    isFiniteSummary(input)
      ? `${shape(input)} from ${number(input.min)} to ${number(input.max)}`
      : `${shape(input)} with ${counts(input)}`,
  );
  return [
    `${phase}: ${op} gives ${shape(result)} with ${counts(result)}`,
    ...(of.length === 0 ? [] : [`of ${of.join(" and ")}`]),
    ...(place === undefined ? [] : [path.relative(process.cwd(), place)]),
  ].join("; ");
}

const isFiniteSummary = ({ nan, infinite }: Summary): boolean => nan + infinite === 0;

const shape = (summary: Summary): string => `[${summary.shape.join(", ")}]`;

const counts = ({ nan, infinite }: Summary): string =>
  [nan > 0 ? `${nan} NaN` : "", infinite > 0 ? `${infinite} infinite` : ""].filter(Boolean).join(", ");

const cells = (summary: Summary): readonly string[] => [
  shape(summary),
  ...[summary.min, summary.mean, summary.max].map(number),
  String(summary.nan),
  String(summary.infinite),
];

const number = (value: number): string => String(Number(value.toPrecision(4)));
