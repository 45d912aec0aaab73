import { count, duration, epochs, percent, points, short } from "@tssl/core/internal";

import { RUN_COLOURS } from "../browser/page-data.ts";
import { configTable } from "./config-table.ts";
import { chartsSection } from "./charts-section.ts";
import { type Html, html } from "./html.ts";
import { renderPage } from "./page.ts";
import { pathLink } from "./path-link.ts";
import { planOverlay } from "./plan-charts.ts";
import type { ReportData } from "./report-data.ts";
import { columnHead, numberHead, valuesTable } from "./values-table.ts";

export interface OverlaidRun {
  /** Unique among the runs of the page. */
  readonly name: string;
  readonly data: ReportData;
  /** The resolved config. */
  readonly config: unknown;
  /** Its own page, as a link from this one. */
  readonly report?: string;
}

/**
 * Several runs on one page: their results in a table, their curves over each other, and what differs in their
 * configs.
 */
export function renderOverlay(runs: readonly OverlaidRun[], command: string): string {
  const names = runs.map(({ name }) => name);
  const finished = runs.filter(({ data }) => data.status === "finished").length;
  const charts = planOverlay(runs.map(({ name, data }) => ({ ...data, title: name })));
  return renderPage({
    title: names.join(" – "),
    main: html`<header class="top">
        <p class="kind">
          <span class="status ${finished === runs.length ? "finished" : "running"}"
            >${finished} of ${runs.length} finished</span
          >
        </p>
        <h1>${names.length <= 3 ? names.join(" – ") : `${names.length} runs`}</h1>
      </header>
      <section id="runs">
        <h2>Runs</h2>
        ${valuesTable([columnHead("Run"), ...COLUMNS.map(numberHead)], runs.map(runRow))}
      </section>
      ${charts.length > 0 && chartsSection(charts)}
      ${configTable(
        names,
        runs.map(({ config }) => config),
        "Run",
      )}
      <section id="again">
        <h2>Make this page again</h2>
        <pre tabindex="0">${command}</pre>
      </section>`,
    script: "run",
  });
}

const COLUMNS = ["kNN", "Gain", "Loss", "Trained", "Time", "Speed", "Status"];

function runRow({ name, data, report }: OverlaidRun, place: number): Html {
  const { knn, metrics, epochs: trained } = data;
  const accuracy = knn?.points.at(-1)?.accuracy;
  const gain =
    accuracy === undefined || knn?.untrained === undefined ? "–" : points(accuracy - knn.untrained);
  const loss = metrics.curves.find((curve) => curve.name === "loss")?.latest;
  const cells = [
    accuracy === undefined ? "–" : percent(accuracy),
    gain,
    loss === undefined ? "–" : short(loss),
    epochs(trained.done),
    duration(data.durationSeconds),
    data.imagesPerSecond === undefined ? "–" : `${count(data.imagesPerSecond)} images/s`,
    data.status,
  ];
  return html`<tr>
    <th scope="row">
      <i class="swatch run-${place % RUN_COLOURS}"></i>
      ${report === undefined ? name : html`<a href="${pathLink(report)}">${name}</a>`}
    </th>
    ${cells.map((text) => html`<td class="number">${text}</td>`)}
  </tr>`;
}
