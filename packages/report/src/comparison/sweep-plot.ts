import { RUN_COLOURS } from "../browser/page-data.ts";
import { type Html, html, lines } from "../report/html.ts";
import type { Comparison, QuantityComparison, VariantValues } from "./comparison.ts";
import { quantityLabel, quantityText, quantityTick } from "./quantity-text.ts";
import { placeOn, type Scale, scaleOf } from "./scale.ts";
import { otherValues, type SweptValues, sweptValues } from "./swept-values.ts";

/** One line of the plot: the variants that differ in the swept value alone. */
interface Line {
  /** The values of the other varied options; empty where one option was varied. */
  readonly name: string;
  readonly points: readonly { readonly value: number; readonly row: VariantValues }[];
}

/** An accuracy over the values of a swept option: means with their deviations, and each run. */
export function sweepPlot({ variants, seeds }: Comparison, quantity: QuantityComparison): Html | undefined {
  const swept = sweptValues(variants);
  if (swept === undefined) return undefined;
  const sweep = linesOf(swept, quantity);
  const rows = sweep.flatMap(({ points }) => points.map(({ row }) => row));
  if (rows.length < 2) return undefined;
  const across = alongX(swept.values.map(({ value }) => value));
  const up = scaleOf(rows.flatMap(extent));
  const x = (value: number) => percentOf(across.place(value));
  const y = (value: number) => percentOf(1 - placeOn(up, value));
  const label = quantityLabel(quantity.name);
  return html`<figure class="sweep">
    <figcaption>
      <h3>${label} over ${swept.option}</h3>
      <p class="hint">
        ${seeds.length > 1 ? SEVERAL_SEEDS : "One run each."} ${across.isLog && "The axis is logarithmic."}
      </p>
    </figcaption>
    <div class="sweep-plot">
      <svg class="sweep-y" aria-hidden="true">
        ${up.ticks.map((tick) => {
          const text = quantityTick(quantity.name, tick, up);
          return html`<text x="100%" y="${y(tick)}" dy="4">${text}</text>`;
        })}
      </svg>
      <svg class="sweep-area" role="img" aria-label="${summaryOf(quantity.name, swept, sweep)}">
        ${up.ticks.map((tick) => html`<line class="tick" x1="0" x2="100%" y1="${y(tick)}" y2="${y(tick)}" />`)}
        ${sweep.map((line, i) => lineMarks(line, i, quantity.name, x, y, sweep.length === 1))}
      </svg>
      <svg class="sweep-x" aria-hidden="true">
        ${swept.values.flatMap(({ value }) =>
          across.isLabelled(value) ? [html`<text x="${x(value)}" y="14">${value}</text>`] : [],
        )}
      </svg>
      <p class="sweep-option">${swept.option}</p>
    </div>
    ${sweep.length > 1 && legend(sweep)}
  </figure>`;
}

const SEVERAL_SEEDS = "Mean and one standard deviation over the seeds; dots are runs.";

function linesOf(
  { option, values, others }: SweptValues,
  { variants: rows }: QuantityComparison,
): readonly Line[] {
  return others.flatMap((name) => {
    const points = values.flatMap(({ value, variants }) => {
      const variant = variants.find((each) => otherValues(each, option) === name);
      const row = rows.find((each) => each.variant === variant?.name);
      return row === undefined || row.mean === null ? [] : [{ value, row }];
    });
    return points.length === 0 ? [] : [{ name, points }];
  });
}

const numbersOf = (values: VariantValues["values"]): readonly number[] =>
  values.filter((value) => value !== null);

/** From the lowest to the highest mark of a row. */
const extent = ({ values, mean, deviation }: VariantValues): readonly number[] => [
  ...numbersOf(values),
  mean! - (deviation ?? 0),
  mean! + (deviation ?? 0),
];

/** With more points than these, their numbers would overlap: the best has its own then. */
const [MOST_NUMBERS, MOST_ON_A_PHONE] = [16, 5];

function lineMarks(
  { points }: Line,
  place: number,
  quantity: string,
  x: (value: number) => string,
  y: (value: number) => string,
  isAlone: boolean,
): Html {
  const best = Math.max(...points.map(({ row }) => row.mean!));
  return html`<g class="run-${place % RUN_COLOURS}">
    ${points.slice(1).map(({ value, row }, i) => {
      const before = points[i]!;
      return html`<line
        class="means"
        x1="${x(before.value)}"
        x2="${x(value)}"
        y1="${y(before.row.mean!)}"
        y2="${y(row.mean!)}"
      />`;
    })}
    ${points.map(({ value, row: { mean, deviation, values, variant } }) =>
      lines([
        ...(deviation === null
          ? []
          : [
              html`<line
                class="interval"
                x1="${x(value)}"
                x2="${x(value)}"
                y1="${y(mean! - deviation)}"
                y2="${y(mean! + deviation)}"
              />`,
            ]),
        ...values.flatMap((each) =>
          each === null ? [] : [html`<circle class="seed" cx="${x(value)}" cy="${y(each)}" r="2.5" />`],
        ),
        html`<circle class="mean" cx="${x(value)}" cy="${y(mean!)}" r="5">
          <title>${variant}: ${quantityText(quantity, mean)}</title>
        </circle>`,
        ...(isAlone && (mean === best || points.length <= MOST_NUMBERS)
          ? [
              html`<text
                class="mean-text${mean !== best && points.length > MOST_ON_A_PHONE && " crowded"}"
                x="${x(value)}"
                y="${y(Math.max(mean! + (deviation ?? 0), ...numbersOf(values)))}"
                dy="-9"
              >
                ${quantityText(quantity, mean)}
              </text>`,
            ]
          : []),
      ]),
    )}
  </g>`;
}

const legend = (sweep: readonly Line[]): Html =>
  html`<ul class="legend">
    ${sweep.map(({ name }, i) => html`<li class="key-run run-${i % RUN_COLOURS}">${name}</li>`)}
  </ul>`;

const summaryOf = (quantity: string, { option }: SweptValues, sweep: readonly Line[]): string =>
  sweep
    .flatMap(({ name, points }) =>
      points.map(({ value, row }) => {
        const others = name === "" ? "" : `, ${name}`;
        return `${option}=${value}${others}: ${quantityText(quantity, row.mean)}`;
      }),
    )
    .join("; ");

/** The ends of the plot are this far from its outer points. */
const MARGIN = 0.07;
/** Numbers below the plot that are nearer to each other than this would overlap. */
const NEAREST = 0.09;

/** Places along the bottom: logarithmic where the largest value is eight times the smallest or more. */
function alongX(values: readonly number[]) {
  const isLog = values[0]! > 0 && values.at(-1)! / values[0]! >= 8;
  const scaled = (value: number) => (isLog ? Math.log(value) : value);
  const ends: Pick<Scale, "low" | "high"> = { low: scaled(values[0]!), high: scaled(values.at(-1)!) };
  const place = (value: number) => MARGIN + placeOn(ends, scaled(value)) * (1 - 2 * MARGIN);
  const labelled: number[] = [];
  for (const value of values) {
    const before = labelled.at(-1);
    if (before === undefined || place(value) - place(before) >= NEAREST) labelled.push(value);
  }
  return { isLog, place, isLabelled: (value: number) => labelled.includes(value) };
}

const percentOf = (share: number): string => `${Number((100 * share).toFixed(2))}%`;
