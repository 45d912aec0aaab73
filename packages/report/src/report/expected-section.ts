import { percent, short } from "@tssl/core/internal";

import { type Html, html } from "./html.ts";
import type { ExpectedPoint, ExpectedStanding } from "./expected-standing.ts";
import { columnHead, numberHead, valuesTable } from "./values-table.ts";

/** The run beside the measured runs of its preset. */
export function expectedSection(standing: ExpectedStanding | undefined): Html | undefined {
  if (standing === undefined) return undefined;
  const { sentence, points, preset } = standing;
  return html`<section id="expected">
    <h2>Expected curve</h2>
    <p>${sentence}</p>
    ${
      points.length > 0 &&
      html`<p class="hint">
          Bands of <code>${preset}</code>: between their bounds lie 95 of 100 further runs, by the scatter of
          the measured ones.
        </p>
        ${valuesTable(
          [columnHead("Quantity"), ...["Epoch", "From", "To", "This run"].map(numberHead)],
          points.map(row),
        )}`
    }
  </section>`;
}

function row({ quantity, epoch, low, high, got }: ExpectedPoint): Html {
  const shown = quantity === "knn" ? percent : short;
  return html`<tr>
    <th scope="row">${quantity === "knn" ? "kNN accuracy" : "Loss, mean of the epoch"}</th>
    <td class="number">${epoch}</td>
    <td class="number">${shown(low)}</td>
    <td class="number">${shown(high)}</td>
    <td class="number">${got === undefined ? "–" : shown(got)}</td>
  </tr>`;
}
