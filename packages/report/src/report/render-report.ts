import { bottleneckSection } from "./bottleneck-section.ts";
import { chartsSection } from "./charts-section.ts";
import { classesSection } from "./classes-section.ts";
import { evaluationsSection } from "./evaluations-section.ts";
import { expectedSection } from "./expected-section.ts";
import { healthSection } from "./health-section.ts";
import { type Html, html, lines } from "./html.ts";
import { mapSection } from "./map-section.ts";
import { neighboursSection } from "./neighbours-section.ts";
import { renderPage } from "./page.ts";
import { planCharts } from "./plan-charts.ts";
import type { ReportData } from "./report-data.ts";
import { runSection } from "./run-section.ts";
import { summarySection } from "./summary-section.ts";
import { viewsSection } from "./views-section.ts";

/** The whole page as text. */
export function renderReport(data: ReportData): string {
  const charts = planCharts(data);
  const sections = [
    { id: "curves", name: "Curves", content: charts.length > 0 ? chartsSection(charts) : undefined },
    { id: "evaluations", name: "Evaluations", content: evaluationsSection(data.evaluations) },
    { id: "expected", name: "Expected", content: expectedSection(data.expected) },
    { id: "health", name: "Health", content: healthSection(data.health) },
    { id: "neighbours", name: "Neighbours", content: neighboursSection(data) },
    { id: "map", name: "Map", content: mapSection(data.maps) },
    { id: "classes", name: "Classes", content: classesSection(data.knn) },
    { id: "views", name: "Views", content: viewsSection(data.views) },
    { id: "bottleneck", name: "Loader", content: bottleneckSection(data.bottleneck) },
    { id: "run", name: "The run", content: runSection(data) },
  ].filter(({ content }) => content !== undefined);
  return renderPage({
    title: `${data.title} – ${data.status}`,
    main: html`${summarySection(data)}
      <nav aria-label="Sections">
        ${sections.map(({ id, name }): Html => html`<a href="#${id}">${name}</a>`)}
      </nav>
      ${lines(sections.map(({ content }) => content))}`,
    footer: html`<p>
      ${data.status === "running" && "This run goes on: reload the page for newer numbers. "}Everything on
      this page is inside this one file.
    </p>`,
    script: "run",
  });
}
