import { type Html, html, lines } from "../report/html.ts";
import { renderPage } from "../report/page.ts";
import { pathLink } from "../report/path-link.ts";
import {
  type ComparedRun,
  type Comparison,
  COSTS,
  type QuantityComparison,
  type VariantValues,
} from "./comparison.ts";
import { configTable } from "../report/config-table.ts";
import { columnHead, valuesTable } from "../report/values-table.ts";
import { dotPlot } from "./dot-plot.ts";
import { differenceText, quantityLabel, quantityText } from "./quantity-text.ts";

export interface ComparisonPage {
  readonly comparison: Comparison;
  /** Every variant's whole config, in their order. */
  readonly configs: readonly unknown[];
  /** The command that repeats it. */
  readonly command: string;
}

/**
 * The page of a comparison: results, costs, differences of the configs, and links to each run's own report.
 */
export function renderComparison({ comparison, configs, command }: ComparisonPage): string {
  const { variants, quantities, seeds } = comparison;
  const names = variants.map(({ name }) => name);
  const reference = names[0]!;
  const results = quantities.filter(({ name }) => !COSTS.includes(name));
  const costs = quantities.filter(({ name }) => COSTS.includes(name));
  const finished = variants.flatMap(({ runs }) => runs).filter(({ status }) => status === "finished").length;
  const planned = variants.length * seeds.length;
  return renderPage({
    title: names.join(" – "),
    main: html`<header class="top">
        <p class="kind">
          <span class="status ${finished === planned ? "finished" : "interrupted"}"
            >${finished} of ${planned} runs finished</span
          >
          <span
            >${seeds.length === 1 ? "one seed" : `${seeds.length} seeds`}, each variant minus
            ${reference}</span
          >
        </p>
        <h1>${names.length <= 3 ? names.join(" – ") : `${reference} and ${names.length - 1} variants`}</h1>
      </header>
      <section id="results">
        <h2>Results</h2>
        <p class="hint">
          A dot is a run; dots of one shade share a seed, that is first weights, order of images and views.
          The bar is the mean. In brackets: 95 % interval of the mean difference, paired percentile bootstrap
          over the seeds, 10,000 resamples. With few seeds it is too narrow: it holds the true mean in about
          76 % of cases with 3 seeds, 84 % with 5, 90 % with 10.
        </p>
        ${lines(results.map((quantity) => quantityBlock(quantity, reference)))}
      </section>
      <section id="cost">
        <h2>Cost</h2>
        ${lines(costs.map((quantity) => quantityBlock(quantity, reference)))}
      </section>
      ${configTable(names, configs)} ${runsSection(comparison)}
      <section id="again">
        <h2>Run it again</h2>
        <pre tabindex="0">${command}</pre>
      </section>`,
    footer: html`<p>Links lead to the reports of the runs beside this file.</p>`,
  });
}

function quantityBlock({ name, variants }: QuantityComparison, reference: string): Html {
  return html`<div class="quantity">
    <h3>${quantityLabel(name)}</h3>
    ${valuesTable(
      ["Variant", "Runs", "Mean", "Deviation", `Minus ${reference}`].map(columnHead),
      variants.map((row) => variantRow(name, row, variants)),
    )}
  </div>`;
}

function variantRow(name: string, row: VariantValues, all: readonly VariantValues[]): Html {
  return html`<tr>
    <th scope="row">${row.variant}</th>
    <td>${dotPlot(row, all, (value) => quantityText(name, value))}</td>
    <td class="number">${quantityText(name, row.mean)}</td>
    <td class="number">${quantityText(name, row.deviation)}</td>
    <td class="number">${differenceText(name, row.difference)}</td>
  </tr>`;
}

function runsSection({ variants, seeds }: Comparison): Html {
  return html`<section id="runs">
    <h2>Runs</h2>
    ${valuesTable(
      ["Variant", ...seeds.map((seed) => `seed ${seed}`)].map(columnHead),
      variants.map(
        ({ name, runs }) =>
          html`<tr>
            <th scope="row">${name}</th>
            ${runs.map(runCell)}
          </tr>`,
      ),
    )}
  </section>`;
}

const runCell = ({ folder, status, reason }: ComparedRun): Html =>
  html`<td class="number">
    ${
      status === "not run" || status === "failed"
        ? html`${status}`
        : html`<a href="${pathLink(`${folder}/report.html`)}">${status}</a>`
    }
    ${reason !== undefined && html`<small>${reason}</small>`}
  </td>`;
