import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { chartsSection } from "./charts-section.ts";
import { classesSection } from "./classes-section.ts";
import { embedScript } from "./embed.ts";
import { type Html, html, lines, trusted } from "./html.ts";
import { neighboursSection } from "./neighbours-section.ts";
import { pageScript } from "./page-script.ts";
import type { ReportData } from "./report-data.ts";
import { runSection } from "./run-section.ts";
import { styleSheet } from "./style.css.ts";
import { summarySection } from "./summary-section.ts";
import { viewsSection } from "./views-section.ts";

/** Forbids the page to load anything: even a mistake in it could not reach the network. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** The whole page as text. */
export function renderReport(data: ReportData): string {
  const sections = [
    { id: "curves", name: "Curves", content: chartsSection(data) },
    { id: "neighbours", name: "Neighbours", content: neighboursSection(data.neighbours) },
    { id: "classes", name: "Classes", content: classesSection(data.knn) },
    { id: "views", name: "Views", content: viewsSection(data.views) },
    { id: "run", name: "The run", content: runSection(data) },
  ].filter(({ content }) => content !== undefined);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}" />
        <title>${data.title} – ${data.status}</title>
        <style>
          ${trusted(uPlotFile("uPlot.min.css"))}
          ${trusted(styleSheet)}
        </style>
      </head>
      <body>
        <main>
          ${summarySection(data)}
          <nav aria-label="Sections">
            ${sections.map(({ id, name }): Html => html`<a href="#${id}">${name}</a>`)}
          </nav>
          ${lines(sections.map(({ content }) => content))}
        </main>
        <footer>
          <p>
            ${data.status === "running" && "This run goes on: reload the page for newer numbers. "}Everything
            on this page is inside this one file.
          </p>
        </footer>
        ${embedScript(uPlotFile("uPlot.iife.min.js"))} ${embedScript(pageScript())}
      </body>
    </html> `;
  return page.markup;
}

const uPlotFile = (name: string): string =>
  readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), "utf8");
