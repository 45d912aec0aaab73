import { embedJson } from "./embed.ts";
import { type Html, html, lines } from "./html.ts";
import { percent, short } from "./number-text.ts";
import { type Chart, planCharts } from "./plan-charts.ts";
import type { ReportData } from "./report-data.ts";

export const CHART_DATA_ID = "chart-data";

/** The curves. Without a script each figure still tells where its curve began and ended. */
export function chartsSection(data: ReportData): Html | undefined {
  const charts = planCharts(data);
  if (charts.length === 0) return undefined;
  return html`<section id="curves">
    <header class="section-head">
      <h2>Curves</h2>
      <div class="chart-controls" hidden>
        <label><input type="checkbox" id="smooth" checked /> smooth</label>
        <span class="ranges" role="group" aria-label="Part of the run to show">
          <button type="button" data-from="0" aria-pressed="true">all</button>
          <button type="button" data-from="0.5" aria-pressed="false">last half</button>
          <button type="button" data-from="0.9" aria-pressed="false">last tenth</button>
        </span>
      </div>
    </header>
    <p class="hint script-only">
      <span class="with-mouse"
        >Drag across a chart to zoom all of them; double-click to see the whole run again.</span
      >
      <span class="with-finger">Draw a finger along a chart to read the values of all of them.</span>
    </p>
    <div class="charts" style="--columns:${columns(charts.length)}">${lines(charts.map(chartFigure))}</div>
    ${embedJson(CHART_DATA_ID, charts)}
  </section>`;
}

function chartFigure(chart: Chart, index: number): Html {
  const range = fromTo(chart);
  return html`<figure class="chart" data-chart="${index}">
    <figcaption>
      <span class="chart-title">${chart.title}</span>
      <span class="position"></span>
      <output class="readout">${range}</output>
    </figcaption>
    <div class="plot" role="img" aria-label="${chart.title}: ${range}"></div>
    <ul class="legend">
      <li class="key-value">${chart.perPoint > 1 ? `mean of ${chart.perPoint} steps` : "measured"}</li>
      <li class="key-smooth" hidden>smoothed</li>
      ${chart.references.map(
        (reference, i) =>
          html`<li class="key-reference-${i}">
            <b>${referenceText(reference.value, chart)}</b> ${reference.label}
          </li>`,
      )}
    </ul>
  </figure>`;
}

/** Three or four beside each other on a wide screen, whichever leaves fewer holes. */
function columns(charts: number): number {
  const holes = (width: number) => (width - (charts % width)) % width;
  if (charts <= 3) return charts;
  return holes(4) < holes(3) ? 4 : 3;
}

function fromTo(chart: Chart): string {
  const numbers = chart.values.filter((value) => value !== null);
  const [first, last] = [numbers[0]!, numbers.at(-1)!].map((value) => levelText(value, chart));
  return numbers.length === 1 ? last! : `${first!} → ${last!}`;
}

const levelText = (value: number, { unit }: Chart): string =>
  unit === "%" ? percent(value / 100) : short(value);

/** `7.00` rather than `7`, which beside a label would not read as a level. */
const referenceText = (value: number, chart: Chart): string =>
  chart.unit === "" && Math.abs(value) >= 0.1 && Math.abs(value) < 100
    ? value.toPrecision(3)
    : levelText(value, chart);
