import type { LiveUpdate } from "../browser/page-data.ts";
import { WHY } from "../messages/notes.ts";
import { bottleneckSection } from "../report/bottleneck-section.ts";
import { chartFigures, chartsSection } from "../report/charts-section.ts";
import { healthSection } from "../report/health-section.ts";
import { type Html, html, markupOf } from "../report/html.ts";
import { renderPage } from "../report/page.ts";
import { planCharts } from "../report/plan-charts.ts";
import type { ReportData } from "../report/report-data.ts";
import { runSection } from "../report/run-section.ts";
import { summarySection } from "../report/summary-section.ts";

/** The update that a page gets when the run has come further. */
export function liveUpdate(data: ReportData): LiveUpdate {
  const charts = planCharts(data);
  return {
    status: data.status,
    summary: textOf(summarySection(data)),
    health: textOf(healthSection(data.health)),
    bottleneck: textOf(bottleneckSection(data.bottleneck)),
    run: textOf(liveRunSection(data)),
    charts,
    figures: textOf(chartFigures(charts)),
  };
}

/** The section on the run, without the command that shows this very page. */
const liveRunSection = (data: ReportData): Html | undefined =>
  runSection({ ...data, next: data.next?.filter(({ why }) => why !== WHY.watch) ?? [] });

const textOf = (section: Html | undefined): string => (section === undefined ? "" : markupOf(section));

/** The page of a run that goes on: summary, health, curves and shares of time. It renews itself. */
export const renderLivePage = (data: ReportData): string =>
  renderPage({
    title: `${data.title} – live`,
    main: html`<div id="live-summary">${summarySection(data)}</div>
      <p class="live ${data.status}" id="live-state" role="status">connecting</p>
      <div id="live-health">${healthSection(data.health)}</div>
      ${chartsSection(planCharts(data))}
      <div id="live-bottleneck">${bottleneckSection(data.bottleneck)}</div>
      <div id="live-run">${liveRunSection(data)}</div>`,
    footer: html`<p>
      This page shows metrics.jsonl as it grows. Views, neighbours and classes are in report.html, which
      <code>tssl report</code> writes at any time and training at its end.
    </p>`,
    script: "run",
    live: true,
  });
