import { RUN_COLOURS } from "../browser/page-data.ts";
import { type Html, html } from "../report/html.ts";
import { numberHead, valuesTable } from "../report/values-table.ts";
import { type Comparison, type QuantityComparison, type VariantValues } from "./comparison.ts";
import { differenceText, quantityGroup, quantityLabel, quantityText } from "./quantity-text.ts";
import { variantColumnHead, variantHead, variantLabels } from "./variant-labels.ts";

/** Everything else that was measured, folded: the loss and its terms, embeddings, queues. */
export function detailsSection(
  { baseline, variants: all }: Comparison,
  quantities: readonly QuantityComparison[],
): Html {
  const groups = [...new Set(quantities.map(({ name }) => quantityGroup(name)))];
  const labels = variantLabels(all);
  return html`<section id="details">
    <h2>Details</h2>
    <p class="hint">
      Means over the last epoch. Losses that are other sums, by their terms, weights, temperature or number of
      negatives, have no difference: they measure different things.
    </p>
    ${groups.map((group) => {
      const own = quantities.filter(({ name }) => quantityGroup(name) === group);
      return html`<details class="folded">
        <summary>${group} <small>${own.length}</small></summary>
        ${valuesTable(
          [
            variantColumnHead(labels),
            numberHead("Mean"),
            numberHead("Std"),
            numberHead(`Minus ${labels.of(baseline)}`),
          ],
          own.flatMap(({ name, variants }) => [
            html`<tr class="group">
              <th scope="rowgroup" colspan="4">${quantityLabel(name)}</th>
            </tr>`,
            ...variants.map((row, place) => detailRow(name, row, labels.of(row.variant), place)),
          ]),
        )}
      </details>`;
    })}
  </section>`;
}

const detailRow = (
  name: string,
  { mean, deviation, difference }: VariantValues,
  label: string,
  place: number,
): Html =>
  html`<tr class="run-${place % RUN_COLOURS}">
    ${variantHead(label)}
    <td class="number">${quantityText(name, mean)}</td>
    <td class="number">${quantityText(name, deviation)}</td>
    <td class="number">${differenceText(name, difference)}</td>
  </tr>`;
