import { percent, short } from "@tssl/core/internal";

import { type Chart, CHART_DATA_ID, type Curve, RUN_COLOURS } from "../browser/page-data.ts";
import { embedJson } from "./embed.ts";
import { type Html, html, lines } from "./html.ts";

export interface ChartsSection {
  readonly title?: string;
  /** What is along the bottom at first. */
  readonly axis?: "steps" | "epochs";
  /** A further sentence on how to read the charts. */
  readonly hint?: string;
}

/**
 * The section of curves, with their numbers as JSON. Without a script each figure shows first and last value
 * alone.
 */
export function chartsSection(
  charts: readonly Chart[],
  { title = "Curves", axis = "steps", hint }: ChartsSection = {},
): Html {
  return html`<section id="curves">
    <header class="section-head">
      <h2>${title}</h2>
      <div class="chart-controls" hidden>
        <label id="smoothing"> smoothing <input type="range" min="0" max="5" step="1" value="3" /> </label>
        <label><input type="checkbox" id="log" /> log</label>
        <span class="choice" id="axis" role="group" aria-label="Along the bottom">
          <button type="button" data-axis="steps" aria-pressed="${String(axis === "steps")}">steps</button>
          <button type="button" data-axis="epochs" aria-pressed="${String(axis === "epochs")}">epochs</button>
        </span>
        <span class="choice" id="ranges" role="group" aria-label="Part of the run to show">
          <button type="button" data-from="0" aria-pressed="true">all</button>
          <button type="button" data-from="0.5" aria-pressed="false">last half</button>
          <button type="button" data-from="0.9" aria-pressed="false">last tenth</button>
        </span>
      </div>
    </header>
    ${hint !== undefined && html`<p class="hint">${hint}</p>`}
    <p class="hint script-only">
      <span class="with-mouse"
        >Drag across a chart to zoom all of them; double-click to see the whole run again.</span
      >
      <span class="with-finger">Draw a finger along a chart to read the values of all of them.</span>
    </p>
    <div class="charts columns-${columns(charts.length)}">${chartFigures(charts)}</div>
    ${embedJson(CHART_DATA_ID, charts)}
  </section>`;
}

export const chartFigures = (charts: readonly Chart[]): Html => lines(charts.map(chartFigure));

function chartFigure(chart: Chart, index: number): Html {
  const ranges = chart.curves.map((curve) => fromTo(curve, chart));
  const alone = ranges.length === 1 && chart.curves[0]!.run === undefined;
  const summary = chart.curves.map(({ run }, i) => (run === undefined ? ranges[i] : `${run} ${ranges[i]}`));
  return html`<figure class="chart" data-chart="${index}">
    <figcaption>
      <span class="chart-title">${chart.title}</span>
      <span class="position"></span>
      ${alone && html`<output class="readout">${ranges[0]}</output>`}
    </figcaption>
    <div class="plot" role="img" aria-label="${chart.title}: ${summary.join(", ")}"></div>
    <ul class="legend">
      ${alone ? ownKeys(chart.curves[0]!) : chart.curves.map((curve, i) => runKey(curve, ranges[i]!))}
      ${chart.references.map(
        (reference, i) =>
          html`<li class="key-reference-${i}">
            <b>${referenceText(reference.value, chart)}</b> ${reference.label}
          </li>`,
      )}
    </ul>
  </figure>`;
}

const ownKeys = ({ perPoint }: Curve): Html =>
  html`<li class="key-value">${perPoint > 1 ? `mean of ${perPoint} steps` : "measured"}</li>
    <li class="key-smooth" hidden>smoothed</li>`;

/** A legend entry of one run among several, with its value. */
const runKey = ({ run, place }: Curve, range: string): Html =>
  html`<li class="key-run run-${place % RUN_COLOURS}">${run} <output class="readout">${range}</output></li>`;

/** Three or four beside each other on a wide screen, whichever leaves fewer holes. */
function columns(charts: number): number {
  const holes = (width: number) => (width - (charts % width)) % width;
  if (charts <= 3) return Math.max(1, charts);
  return holes(4) < holes(3) ? 4 : 3;
}

function fromTo({ values }: Curve, chart: Chart): string {
  const numbers = values.filter((value) => value !== null);
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
