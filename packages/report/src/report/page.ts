import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { embedScript } from "./embed.ts";
import { type Html, html, trusted } from "./html.ts";
import { styleSheet } from "./style.css.ts";

export interface Page {
  readonly title: string;
  /** What stands in `<main>`. */
  readonly main: Html;
  readonly footer?: Html;
  /** Rules besides those of every page. */
  readonly style?: string;
  /** Run at the end of the page, after uPlot; a page without scripts may run none. */
  readonly script?: string;
  /** The page may ask the server that it came from for more; none else. */
  readonly live?: boolean;
}

/**
 * A whole HTML file for light and dark screens of any width. It carries everything inside and forbids the browser to load more: even a mistake in
 * it could not reach the network.
 */
export function renderPage({ title, main, footer, style, script, live = false }: Page): string {
  const policy = [
    "default-src 'none'",
    "img-src data:",
    "style-src 'unsafe-inline'",
    ...(script === undefined ? [] : ["script-src 'unsafe-inline'"]),
    ...(live ? ["connect-src 'self'"] : []),
  ].join("; ");
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        ${live && trusted('<link rel="icon" href="data:," />')}
        <title>${title}</title>
        <style>
          ${script !== undefined && trusted(uPlotFile("uPlot.min.css"))}
          ${trusted(styleSheet)}
          ${style !== undefined && trusted(style)}
        </style>
      </head>
      <body>
        <main>${main}</main>
        ${footer !== undefined && html`<footer>${footer}</footer>`}
        ${script !== undefined && html`${embedScript(uPlotFile("uPlot.iife.min.js"))} ${embedScript(script)}`}
      </body>
    </html> `;
  return page.markup;
}

const uPlotFile = (name: string): string =>
  readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${name}`), "utf8");
