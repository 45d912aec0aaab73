import { createHash } from "node:crypto";

import { type Html, html, markupOf, trusted } from "./html.ts";
import { pageScript, type PageScript, pageStyle } from "./page-code.ts";

export interface Page {
  readonly title: string;
  /** The content of `<main>`. */
  readonly main: Html;
  readonly footer?: Html;
  /** The script of browser/ that runs at the end of the page. A page without one may run none. */
  readonly script?: PageScript;
  /** The page may ask the server that it came from for more, and no other. */
  readonly live?: boolean;
}

/**
 * A whole HTML file for light and dark screens of any width. It carries everything inside, and its policy
 * forbids the browser to load anything and to run or apply anything but this script and this style sheet. So
 * a mistake in a page could neither run what a run's name or label holds nor reach the network.
 */
export function renderPage({ title, main, footer, script, live = false }: Page): string {
  const policy = pagePolicy({ ...(script && { script }), live });
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        ${live && trusted('<link rel="icon" href="data:," />')}
        <title>${title}</title>
        ${trusted(`<style>${pageStyle()}</style>`)}
      </head>
      <body>
        <main>${main}</main>
        ${footer !== undefined && html`<footer>${footer}</footer>`}
        ${script !== undefined && trusted(`<script>${pageScript(script)}</script>`)}
      </body>
    </html> `;
  return markupOf(page);
}

/** Whether a script may compile WebAssembly. */
const WITH_WASM: Readonly<Record<PageScript, string>> = { run: "", encoder: " 'wasm-unsafe-eval'" };

/** What a page may load, run and apply: as a part of the page, or as a header of who serves it. */
export function pagePolicy({ script, live = false }: Pick<Page, "script" | "live">): string {
  return [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "img-src data:",
    `style-src ${hashOf(pageStyle())}`,
    ...(script === undefined ? [] : [`script-src ${hashOf(pageScript(script))}${WITH_WASM[script]}`]),
    // WebAssembly is read from the script itself.
    ...(script === "encoder" ? ["connect-src data:"] : []),
    ...(live ? ["connect-src 'self'"] : []),
  ].join("; ");
}

/** Whether the policy of our pages leaves a page what it needs: one of another version has other hashes. */
export const hasOurScript = (page: string): boolean => page.includes(`<script>${pageScript("run")}</script>`);

/** The source of a policy that allows exactly this text between its tags. */
const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
