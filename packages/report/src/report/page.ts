import { createHash } from "node:crypto";

import { type Html, html, markupOf, trusted } from "./html.ts";
import { pageCode } from "./page-code.ts";

export interface Page {
  readonly title: string;
  /** The content of `<main>`. */
  readonly main: Html;
  readonly footer?: Html;
  /** Runs the script of browser/ at the end of the page. A page without it may run none. */
  readonly script?: boolean;
  /** The page may ask the server that it came from for more, and no other. */
  readonly live?: boolean;
}

/**
 * A whole HTML file for light and dark screens of any width. It carries everything inside, and its policy
 * forbids the browser to load anything and to run or apply anything but this script and this style sheet. So
 * a mistake in a page could neither run what a run's name or label holds nor reach the network.
 */
export function renderPage({ title, main, footer, script = false, live = false }: Page): string {
  const code = pageCode();
  const policy = pagePolicy({ script, live });
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        ${live && trusted('<link rel="icon" href="data:," />')}
        <title>${title}</title>
        ${trusted(`<style>${code.style}</style>`)}
      </head>
      <body>
        <main>${main}</main>
        ${footer !== undefined && html`<footer>${footer}</footer>`}
        ${script && trusted(`<script>${code.script}</script>`)}
      </body>
    </html> `;
  return markupOf(page);
}

/** What a page may load, run and apply: as a part of the page, or as a header of who serves it. */
export function pagePolicy({ script = false, live = false }: Pick<Page, "script" | "live">): string {
  const code = pageCode();
  return [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "img-src data:",
    `style-src ${hashOf(code.style)}`,
    ...(script ? [`script-src ${hashOf(code.script)}`] : []),
    ...(live ? ["connect-src 'self'"] : []),
  ].join("; ");
}

/** Whether the policy of our pages leaves a page what it needs: one of another version has other hashes. */
export const hasOurScript = (page: string): boolean => page.includes(`<script>${pageCode().script}</script>`);

/** The source of a policy that allows exactly this text between its tags. */
const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
