import { count } from "@tssl/core/internal";

import { MAP_DATA_ID, SPRITE_ID } from "../browser/page-data.ts";
import { embedJson } from "./embed.ts";
import { type Html, html, trusted } from "./html.ts";
import type { FeatureMaps } from "./report-data.ts";

/** Of more classes the legend would be longer than the map. */
const MOST_IN_LEGEND = 20;

/** Features in two dimensions, before and after training, with the images under the pointer. */
export function mapSection(data: FeatureMaps | undefined): Html | undefined {
  if (data === undefined) return undefined;
  const { maps, classes, of, set, labels, sprite, tile, columns } = data;
  const shown = maps[0]!.positions.length / 2;
  const sample =
    shown < of
      ? `${count(shown)} of ${count(of)} ${set} images, evenly spaced`
      : `${count(of)} ${set} images`;
  return html`<section id="map">
    <h2>Map of the features</h2>
    <p class="hint">
      UMAP (n_neighbors 15, min_dist 0.1) of the encoder's features of ${sample}. Images with similar features
      lie close together; distances between groups and the axes have no meaning.
      <span class="script-only">Point at a dot, or tap it, for its image in every map.</span>
    </p>
    <div class="maps">
      ${maps.map(
        ({ name }) =>
          html`<figure class="map">
            <figcaption>${name} <output></output></figcaption>
            <canvas role="img" aria-label="${name}: ${sample} in two dimensions"></canvas>
            <canvas class="thumbnail" width="${tile}" height="${tile}" hidden></canvas>
          </figure>`,
      )}
    </div>
    ${
      classes.length > 0 &&
      classes.length <= MOST_IN_LEGEND &&
      html`<ul class="map-legend">
        ${classes.map(
          (name, i) =>
            html`<li>
              <button type="button" aria-pressed="false" data-class="${i}"><i></i>${name}</button>
            </li>`,
        )}
      </ul>`
    }
    ${spriteOf(sprite)} ${embedJson(MAP_DATA_ID, { maps, labels, classes, tile, columns })}
  </section>`;
}

/** The sheet of thumbnails, from which scripts take single ones. */
export const spriteOf = (sprite: Uint8Array): Html =>
  html`<img
    id="${SPRITE_ID}"
    hidden
    alt=""
    src="${trusted(`data:image/webp;base64,${Buffer.from(sprite).toString("base64")}`)}"
  />`;
