import { RUN_COLOURS } from "../browser/page-data.ts";
import { type Html, html } from "../report/html.ts";
import { pathLink } from "../report/path-link.ts";
import { numberHead, valuesTable } from "../report/values-table.ts";
import type { ComparedRun, Comparison, QuantityComparison } from "./comparison.ts";
import { quantityLabel, quantityText } from "./quantity-text.ts";
import { variantColumnHead, variantHead, variantLabels } from "./variant-labels.ts";

/** Every run with its result, as a link to its report; of one that did not finish, why. */
export function runsSection({ variants, seeds }: Comparison, result: QuantityComparison | undefined): Html {
  const labels = variantLabels(variants);
  return html`<section id="runs">
    <h2>Runs</h2>
    <p class="hint">
      ${result !== undefined && `${quantityLabel(result.name)} of each run. `}Runs of one seed start from the
      same weights where shapes agree, and see the same images in the same order.
    </p>
    ${valuesTable(
      [variantColumnHead(labels), ...seeds.map((seed) => numberHead(`seed ${seed}`))],
      variants.map(
        ({ name, runs }, place) =>
          html`<tr class="run-${place % RUN_COLOURS}">
            ${variantHead(labels.of(name))} ${runs.map((run) => runCell(run, result))}
          </tr>`,
      ),
    )}
  </section>`;
}

function runCell(
  { folder, status, reason, measured }: ComparedRun,
  result: QuantityComparison | undefined,
): Html {
  const value = result && measured[result.name];
  const text = value === undefined ? status : quantityText(result!.name, value);
  const hasReport = status === "finished" || status === "interrupted";
  return html`<td class="number">
    ${hasReport ? html`<a href="${pathLink(`${folder}/report.html`)}">${text}</a>` : text}
    ${reason !== undefined && html`<small>${reason}</small>`}
  </td>`;
}
