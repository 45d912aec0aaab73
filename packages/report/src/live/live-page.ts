import { bottleneckSection } from "../report/bottleneck-section.ts";
import { chartFigures, chartsSection } from "../report/charts-section.ts";
import { healthSection } from "../report/health-section.ts";
import { html } from "../report/html.ts";
import { renderPage } from "../report/page.ts";
import { asScript, chartScript, copyScript, type DrawnCharts } from "../report/page-script.ts";
import { type Chart, planCharts } from "../report/plan-charts.ts";
import type { ReportData } from "../report/report-data.ts";
import { runSection } from "../report/run-section.ts";
import { summarySection } from "../report/summary-section.ts";

/** Where the page asks for updates. */
export const EVENTS = "/events";

/** What the page is told when the run has come further; markup and data as the page itself was made of. */
export interface LiveUpdate {
  readonly status: ReportData["status"];
  readonly summary: string;
  readonly health: string;
  readonly bottleneck: string;
  readonly run: string;
  readonly charts: readonly Chart[];
  readonly figures: string;
}

export function liveUpdate(data: ReportData): LiveUpdate {
  const charts = planCharts(data);
  return {
    status: data.status,
    summary: summarySection(data).markup,
    health: healthSection(data.health)?.markup ?? "",
    bottleneck: bottleneckSection(data.bottleneck)?.markup ?? "",
    run: runSection(data)?.markup ?? "",
    charts,
    figures: chartFigures(charts).markup,
  };
}

/** The page of a run that goes on: summary, health, curves and where time goes, renewed while one looks at it. */
export const renderLivePage = (data: ReportData): string =>
  renderPage({
    title: `${data.title} – live`,
    main: html`<div id="live-summary">${summarySection(data)}</div>
      <p class="live ${data.status}" id="live-state" role="status">connecting</p>
      <div id="live-health">${healthSection(data.health)}</div>
      ${chartsSection(planCharts(data))}
      <div id="live-bottleneck">${bottleneckSection(data.bottleneck)}</div>
      <div id="live-run">${runSection(data)}</div>`,
    footer: html`<p>
      This page shows metrics.jsonl as it grows. Views, neighbours and classes are in report.html, which
      <code>tssl report</code> writes at any time and training at its end.
    </p>`,
    script:
      chartScript() + copyScript() + asScript([followRun], `followRun(charts, ${JSON.stringify(EVENTS)});`),
    live: true,
  });

/** Runs in the browser. */
declare const startCopyButtons: () => void; // the page's
function followRun(charts: DrawnCharts | undefined, address: string): void {
  const state = document.querySelector<HTMLElement>("#live-state")!;
  const show = (id: string, markup: string): void => {
    const place = document.getElementById(id)!;
    if (place.dataset["shown"] === markup) return; // keeps what the reader selects
    place.innerHTML = markup;
    place.dataset["shown"] = markup;
  };
  const events = new EventSource(address);
  events.addEventListener("message", ({ data }: MessageEvent<string>) => {
    const update = JSON.parse(data) as LiveUpdate;
    show("live-summary", update.summary);
    show("live-health", update.health);
    show("live-bottleneck", update.bottleneck);
    show("live-run", update.run);
    startCopyButtons();
    charts?.update(update.charts, update.figures);
    state.className = `live ${update.status}`;
    state.textContent = `${update.status === "running" ? "live" : update.status}, as of ${new Date().toLocaleTimeString()}`;
  });
  events.addEventListener("error", () => {
    state.className = "live lost";
    state.textContent = "tssl watch does not answer; this is what it said last";
  });
}
