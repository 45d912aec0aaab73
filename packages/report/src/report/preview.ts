import { decodingOf, type ImageSet, type RunConfig, viewsOf } from "@tssl/core/run";

import { html } from "./html.ts";
import { renderPage } from "./page.ts";
import type { ViewGrid } from "./report-data.ts";
import { viewGrid } from "./view-grid.ts";
import { viewsSection } from "./views-section.ts";

/**
 * Makes images beside their views in some epochs, each with the parameters that made it. They are the views
 * of a run with this config's seed, to the byte, unless `data.decode` is "fast" (see `viewOf` of
 * augment-zoo).
 */
export async function previewGrid(
  config: RunConfig,
  set: ImageSet,
  {
    images,
    epochs,
    views: names,
  }: {
    readonly images: readonly number[];
    readonly epochs: readonly number[];
    /** Names of views; all where absent. */
    readonly views?: readonly string[];
  },
): Promise<ViewGrid> {
  const every = Object.entries(viewsOf(config, set.files.length));
  const views = Object.fromEntries(every.filter(([name]) => names?.includes(name) ?? true));
  const label = (image: number) => `image ${image}: ${set.names[image]!}`;
  const { seed, data } = config.settings;
  const decoding = decodingOf(data);
  return viewGrid(set, views, { seed, images, epochs, label, decoding });
}

/** The page as text: one HTML file that loads nothing. */
export function renderPreview(
  grid: ViewGrid,
  facts: { readonly title: string; readonly hint: string; readonly command: string },
): string {
  return renderPage({
    title: `${facts.title}: views`,
    main: html`<header class="top">
        <h1>${facts.title}</h1>
        <p>${facts.hint}</p>
      </header>
      ${viewsSection(grid)}
      <section id="again">
        <h2>Make it again</h2>
        <pre tabindex="0">${facts.command}</pre>
      </section>`,
  });
}
