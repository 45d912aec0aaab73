import { counted, listed } from "@tssl/core/internal";

import { chartsSection } from "../report/charts-section.ts";
import { configTable } from "../report/config-table.ts";
import { copyable } from "../report/copyable.ts";
import { type Html, html } from "../report/html.ts";
import { renderPage } from "../report/page.ts";
import { type Comparison, COSTS, isAccuracy } from "./comparison.ts";
import { costSection } from "./cost-section.ts";
import { detailsSection } from "./details-section.ts";
import { meanCurves } from "./mean-curves.ts";
import { resultsSection } from "./results-section.ts";
import { runsSection } from "./runs-section.ts";
import { variantLabels } from "./variant-labels.ts";
import { type ComparisonVerdict, verdictOf } from "./verdict.ts";

export interface ComparisonPage {
  readonly comparison: Comparison;
  /** Every variant's whole config, in their order. */
  readonly configs: readonly unknown[];
  /** The command that repeats it. */
  readonly command: string;
}

/**
 * The page of a comparison: its outcome in words, results, learning curves, cost, everything else that was
 * measured, differences of the configs, and links to each run's own report.
 */
export function renderComparison({ comparison, configs, command }: ComparisonPage): string {
  const { variants, quantities } = comparison;
  const names = variants.map(({ name }) => name);
  const results = quantities.filter(({ name }) => isAccuracy(name));
  const costs = quantities.filter(({ name }) => COSTS.includes(name));
  const others = quantities.filter(({ name }) => !isAccuracy(name) && !COSTS.includes(name));
  const charts = meanCurves(comparison);
  const title = titleOf(comparison);
  return renderPage({
    title,
    main: html`${summary(comparison, title)} ${results.length > 0 && resultsSection(comparison, results)}
      ${
        charts.length > 0 &&
        chartsSection(charts, {
          title: "Learning curves",
          axis: "epochs",
          hint: "Means over the seeds that have finished, with one standard deviation on both sides.",
        })
      }
      ${costs.length > 0 && costSection(comparison, costs)}
      ${others.length > 0 && detailsSection(comparison, others)} ${configTable(names, configs, "Variant")}
      ${runsSection(comparison, results[0])}
      <section id="again">
        <h2>Run it again</h2>
        <p class="hint">The command continues this comparison, or repeats it with another --out.</p>
        ${copyable(command)}
      </section>`,
    footer: html`<p>Links lead to the reports of the runs beside this file.</p>`,
    script: "run",
  });
}

/** The head of the page: what is compared, and the outcome in words. */
function summary(comparison: Comparison, title: string): Html {
  const { variants, seeds } = comparison;
  const { certainty, headline, details } = verdictOf(comparison);
  const runs = variants.flatMap((variant) => variant.runs);
  const finished = runs.filter(({ status }) => status === "finished").length;
  const planned = variants.length * seeds.length;
  return html`<header class="top comparison">
    <p class="kind">
      <span class="status ${finished === planned ? "finished" : "interrupted"}"
        >${finished} of ${planned} runs finished</span
      >
      <span>${counted(variants.length, "variant")}, ${counted(seeds.length, "seed")} each</span>
    </p>
    <h1>${title}</h1>
    <div class="verdict ${LOOK[certainty]}">
      <p class="headline">${unbroken(headline)}</p>
      ${details.map((sentence) => html`<p>${unbroken(sentence)}</p>`)}
    </div>
  </header>`;
}

/** A sentence whose numbers stay on the line of their per cent. */
const unbroken = (sentence: string): string => sentence.replaceAll(" %", "\u00a0%");

/** The colour of a verdict, as that of a run's report. */
const LOOK: Readonly<Record<ComparisonVerdict["certainty"], string>> = {
  clear: "learned",
  leaning: "unclear",
  "within noise": "unclear",
  "too few seeds": "unclear",
  open: "unknown",
};

/** "moco and clsa", "optimizer.lr: 0.03, 0.06, 0.12", "moco and 4 other variants" */
function titleOf({ variants }: Comparison): string {
  const options = variants[0]!.varied ?? [];
  if (options.length === 1) {
    const { option } = options[0]!;
    const { of } = variantLabels(variants);
    const values = variants.map(({ name }) => of(name));
    return `${option}: ${values.length <= 6 ? values.join(", ") : counted(values.length, "value")}`;
  }
  if (options.length > 1) {
    return `${options.map(({ option }) => option).join(" × ")}: ${variants.length} combinations`;
  }
  const names = variants.map(({ name }) => name);
  if (names.length > 4) return `${names[0]!} and ${names.length - 1} other variants`;
  return listed(names);
}
