import { percent } from "@tssl/core/internal";

import { RUN_COLOURS } from "../browser/page-data.ts";
import { type Html, html } from "../report/html.ts";
import { numberHead, valuesTable } from "../report/values-table.ts";
import type { Comparison, QuantityComparison } from "./comparison.ts";
import { quantityLabel, quantityText } from "./quantity-text.ts";
import { variantColumnHead, variantHead, variantLabels } from "./variant-labels.ts";

/** What the runs cost: means, and how much more or less than the baseline. */
export function costSection({ variants, baseline }: Comparison, costs: readonly QuantityComparison[]): Html {
  const labels = variantLabels(variants);
  return html`<section id="cost">
    <h2>Cost</h2>
    <p class="hint">
      Means of the runs, and the change from ${baseline}. They have no intervals: what else the machine did
      meanwhile moves them as a whole. Time counts all parts of a run that was resumed, peak memory the last.
    </p>
    ${valuesTable(
      [variantColumnHead(labels), ...costs.map(({ name }) => numberHead(quantityLabel(name)))],
      variants.map(
        ({ name: variant }, place) =>
          html`<tr class="run-${place % RUN_COLOURS}">
            ${variantHead(labels.of(variant))} ${costs.map((cost) => costCell(cost, variant, baseline))}
          </tr>`,
      ),
    )}
  </section>`;
}

function costCell({ name, variants }: QuantityComparison, variant: string, baseline: string): Html {
  const row = variants.find((each) => each.variant === variant)!;
  const reference = variants.find((each) => each.variant === baseline)!.mean;
  const change =
    row.difference === undefined || !reference ? undefined : changeText(row.difference.mean / reference);
  return html`<td class="number">
    ${quantityText(name, row.mean)} ${change !== undefined && html`<small>${change}</small>`}
  </td>`;
}

/** "+40 %", "−3 %", "0 %" */
const changeText = (share: number): string =>
  Math.abs(share) < 0.005 ? percent(0, 0) : `${share < 0 ? "" : "+"}${percent(share, 0)}`;
