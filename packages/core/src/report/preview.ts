import type { Recipe } from "@tssl/augment-zoo";

import type { RunConfig } from "../config/parse-config.ts";
import type { ImageSet } from "../data/image-set.ts";
import { arrangePlugins, collectViews } from "../plugins/arrange.ts";
import type { View } from "../plugins/plugin.ts";
import { runFacts } from "../training/prepare-run.ts";
import { html } from "./html.ts";
import { renderPage } from "./page.ts";
import type { ViewGrid } from "./report-data.ts";
import { viewGrid } from "./view-grid.ts";
import { viewsSection } from "./views-section.ts";

/**
 * The views that the plugins of a config ask for, by name. No network is made, and TensorFlow is not needed.
 *
 * @throws {TsslError} INVALID_OPTION or INVALID_PLUGIN, as training would.
 */
export const viewsOf = (config: RunConfig, datasetSize: number): Readonly<Record<string, View>> =>
  collectViews(arrangePlugins(config.plugins), runFacts(config, datasetSize));

/**
 * What the encoder will see: images beside every view of them in some epochs, with the parameters that made each. They are the views of a run
 * with this config's seed, to the byte, unless `data.decode` is "fast" (see `viewOf` of augment-zoo).
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
  const grid = await viewGrid(set, views, { seed: config.settings.seed, images, epochs, label });
  const roles = Object.entries(views).map(([name, { recipe }]) => ({
    name,
    description: recipeText(recipe),
  }));
  return { ...grid, roles };
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

/** "randomResizedCrop (size 32, scale 0.2 to 1) · grayscale (p 0.2)" */
export function recipeText(recipe: Recipe): string {
  return recipe
    .map(({ op, ...parameters }) => {
      const values = Object.entries(parameters).map(([name, value]) => `${name} ${valueText(value)}`);
      return values.length === 0 ? op : `${op} (${values.join(", ")})`;
    })
    .join(" · ");
}

/** Ranges are pairs; fractions are shown with three digits. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(" to ");
  if (typeof value === "number") return String(Number(value.toPrecision(3)));
  return typeof value === "string" ? value : JSON.stringify(value);
}
