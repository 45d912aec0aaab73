import { RUN_COLOURS } from "../browser/page-data.ts";
import { howToReadResults } from "../messages/results.ts";
import { type Html, html, lines } from "../report/html.ts";
import { coverageOf } from "./bootstrap.ts";
import { type Comparison, FEWEST_PAIRS, type QuantityComparison, type VariantValues } from "./comparison.ts";
import {
  intervalText,
  meanDifferenceText,
  quantityLabel,
  quantityText,
  quantityTick,
} from "./quantity-text.ts";
import { type Scale, scaleOf } from "./scale.ts";
import { stripAxis, stripPlot } from "./strip-plot.ts";
import { sweepPlot } from "./sweep-plot.ts";
import { variantColumnHead, variantHead, variantLabels } from "./variant-labels.ts";

/** The accuracies: the first one over the swept option too, each as a table with plots beside its numbers. */
export function resultsSection(comparison: Comparison, accuracies: readonly QuantityComparison[]): Html {
  const { baseline, seeds } = comparison;
  const coverage = seeds.length < FEWEST_PAIRS ? undefined : coverageOf(seeds.length);
  return html`<section id="results">
    <h2>Results</h2>
    <p class="hint">${howToReadResults(baseline, seeds.length, coverage)}</p>
    ${sweepPlot(comparison, accuracies[0]!)}
    ${lines(accuracies.map((accuracy) => resultBlock(accuracy, comparison)))}
  </section>`;
}

function resultBlock(quantity: QuantityComparison, comparison: Comparison): Html {
  const { name, variants: rows } = quantity;
  const values = scaleOf(rows.flatMap((row) => row.values.filter((value) => value !== null)));
  const differences = rows.flatMap(({ difference }) => {
    if (difference === undefined) return [];
    const { interval, values: own } = difference;
    const ends = interval === undefined ? [] : [interval.low, interval.high];
    return [...own.filter((value) => value !== null), ...ends];
  });
  const scale = differences.length === 0 ? undefined : scaleOf([0, ...differences]);
  const labels = variantLabels(comparison.variants);
  return html`<div class="result">
    <h3>${quantityLabel(name)}</h3>
    <table>
      <thead>
        <tr>
          ${variantColumnHead(labels)}
          <th scope="col" class="number">Mean</th>
          <th scope="col" class="number">Std</th>
          <th scope="col" class="plots">Runs</th>
          <th scope="col" class="number">Difference</th>
          <th scope="col" class="plots">Difference from ${labels.of(comparison.baseline)}, in points</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row, place) => resultRow(name, row, place, values, scale, comparison))}
      </tbody>
      <tfoot>
        <tr>
          <td class="axis runs-axis">${stripAxis(values, (tick) => quantityTick(name, tick, values))}</td>
          <td class="axis difference-axis">
            ${scale !== undefined && stripAxis(scale, (tick) => quantityTick(name, tick, scale, true))}
          </td>
        </tr>
      </tfoot>
    </table>
  </div>`;
}

function resultRow(
  name: string,
  row: VariantValues,
  place: number,
  values: Scale,
  differences: Scale | undefined,
  { seeds, baseline, variants }: Comparison,
): Html {
  const labels = variantLabels(variants);
  const { variant, mean, deviation, difference } = row;
  const dots = (numbers: readonly (number | null)[], text: (value: number) => string) =>
    numbers.flatMap((value, i) =>
      value === null ? [] : [{ value, text: `seed ${seeds[i]!}: ${text(value)}` }],
    );
  const runs = stripPlot({
    scale: values,
    dots: dots(row.values, (value) => quantityText(name, value)),
    mean: mean ?? undefined,
    label: `${variant}: ${row.values.map((value) => quantityText(name, value)).join(", ")}`,
  });
  return html`<tr class="run-${place % RUN_COLOURS}">
    ${variantHead(labels.of(variant))}
    <td class="number mean-cell">${quantityText(name, mean)}</td>
    <td class="number std-cell">${quantityText(name, deviation)}</td>
    <td class="plot-cell runs-cell">${runs}</td>
    <td class="number difference">
      ${
        variant === baseline
          ? html`<small>baseline</small>`
          : html`<b>${meanDifferenceText(name, difference)}</b>
              <small>${intervalText(name, difference)}</small>`
      }
    </td>
    <td class="plot-cell difference-cell">
      ${
        differences !== undefined &&
        stripPlot({
          scale: differences,
          dots: dots(difference?.values ?? [], (value) => seedDifferenceText(name, value)),
          mean: difference?.mean,
          ...(difference?.interval === undefined ? {} : { interval: difference.interval }),
          label:
            `${variant} minus ${baseline}: ${meanDifferenceText(name, difference)} ` +
            intervalText(name, difference),
        })
      }
    </td>
  </tr>`;
}

const seedDifferenceText = (name: string, value: number): string =>
  meanDifferenceText(name, { values: [], mean: value });
