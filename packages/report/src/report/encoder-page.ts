import type { DecodeOptions } from "@tssl/augment-zoo";
import { count } from "@tssl/core/internal";
import type { Features, ImageSet } from "@tssl/core/run";

import {
  GALLERY_DATA_ID,
  GALLERY_FEATURES_ID,
  type GalleryData,
  MODEL_ID,
  WEIGHTS_ID,
} from "../browser/page-data.ts";
import { copyable } from "./copyable.ts";
import { embedJson, embedJsonText } from "./embed.ts";
import { featureMap } from "./feature-map.ts";
import { type Html, html, trusted } from "./html.ts";
import { mapSection, spriteOf } from "./map-section.ts";
import { renderPage } from "./page.ts";
import { thumbnailSheet } from "./thumbnail-sheet.ts";

/** A GraphModel of TensorFlow.js: what describes it, and its weights. */
export interface EmbeddedModel {
  /** JSON of TensorFlow.js's `ModelArtifacts`, without the weights. */
  readonly json: string;
  readonly weights: Uint8Array;
}

/** The page that carries an encoder: it writes a model into itself, and takes it out again. */
export interface EncoderPage {
  write(model: EmbeddedModel): string;
  read(page: string): EmbeddedModel;
}

export interface EncoderPageFacts {
  readonly title: string;
  /** What the encoder is and how it was trained, in sentences. */
  readonly summary: readonly string[];
  /** The side of what the encoder sees, in pixels. */
  readonly imageSize: number;
  /** Images that others are compared with: those in `images`, places in `set`. */
  readonly set: Pick<ImageSet, "files" | "names" | "labels" | "classes">;
  readonly images: readonly number[];
  /** Their features, rows of length 1. */
  readonly features: Features;
  readonly decoding: Pick<DecodeOptions, "range">;
  /** Of the map. */
  readonly seed: number;
  /** The command that made it. */
  readonly command: string;
}

/** Side of the thumbnails in pixels, and how many stand beside each other. */
const TILE = 64;
const COLUMNS = 40;

/**
 * One HTML file that runs an encoder in the browser: a reader drops an image, and sees its nearest neighbours
 * among the run's images and its place on their map. It loads nothing, so that it works from a disk, and no
 * image leaves the machine.
 */
export async function encoderPage(facts: EncoderPageFacts): Promise<EncoderPage> {
  const { set, images, features } = facts;
  const options = { tile: TILE, columns: COLUMNS, decoding: facts.decoding };
  const sprite = await thumbnailSheet(
    images.map((image) => set.files[image]!),
    options,
  );
  const labels = set.labels && images.map((image) => set.labels![image]!);
  const gallery: GalleryData = {
    imageSize: facts.imageSize,
    dim: features.dim,
    names: images.map((image) => set.names[image]!),
    classes: set.classes,
    ...(labels === undefined ? {} : { labels }),
    tile: TILE,
    columns: COLUMNS,
  };
  const head = html`<header class="top">
      <h1>${facts.title}</h1>
      ${facts.summary.map((sentence) => html`<p>${sentence}</p>`)}
    </header>
    ${dropSection(images.length)} ${mapPart(facts, gallery, sprite)}`;
  const data = html`${embedJson(GALLERY_DATA_ID, gallery)}
  ${embedBytes(GALLERY_FEATURES_ID, bytesOf(features.values))}`;
  return {
    write: ({ json, weights }) =>
      renderPage({
        title: `${facts.title}: the encoder`,
        main: html`${head} ${againSection(facts.command)} ${data} ${embedJsonText(MODEL_ID, json)}
        ${embedBytes(WEIGHTS_ID, weights)}`,
        script: "encoder",
      }),
    read: (page) => ({
      json: textOf(page, MODEL_ID),
      weights: Buffer.from(textOf(page, WEIGHTS_ID), "base64"),
    }),
  };
}

const dropSection = (images: number): Html =>
  html`<section id="images">
    <h2>Your images</h2>
    <p class="hint">
      Drop images anywhere on this page, paste one, or choose files. Each goes through the encoder here, in
      your browser, and is compared with ${count(images)} images of the run by cosine similarity. A ring marks
      its place on the map: the mean of its ten nearest neighbours' places, weighted as in the weighted kNN.
      Nothing leaves this machine.
    </p>
    <div id="drop">
      <label><input type="file" accept="image/*" multiple disabled /> Choose images</label>
      <output aria-live="polite">The encoder is loading …</output>
      <noscript>This page runs the encoder by a script, and scripts are switched off.</noscript>
    </div>
    <div id="compared" hidden>
      <div class="cases" aria-live="polite"></div>
      <template>
        <div class="case">
          <figure class="query">
            <canvas class="seen"></canvas>
            <figcaption></figcaption>
          </figure>
          <div class="neighbour-list">
            <h3></h3>
            <ol></ol>
          </div>
        </div>
      </template>
    </div>
  </section>`;

/** The map, or the sheet of thumbnails alone where there are too few images for one. */
function mapPart({ features, seed, set }: EncoderPageFacts, gallery: GalleryData, sprite: Uint8Array): Html {
  const positions = featureMap(features, seed);
  if (positions === undefined) return spriteOf(sprite);
  const { classes, labels, tile, columns } = gallery;
  return mapSection({
    ...{ maps: [{ name: "Images of the run", positions }], of: set.files.length, set: "training" },
    ...{ classes, tile, columns, sprite, ...(labels === undefined ? {} : { labels }) },
  })!;
}

const againSection = (command: string): Html =>
  html`<section id="again">
    <h2>Make it again</h2>
    ${copyable(command)}
  </section>`;

const embedBytes = (id: string, bytes: Uint8Array): Html =>
  trusted(`<script type="text/plain" id="${id}">${Buffer.from(bytes).toString("base64")}</script>`);

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** The text of a `<script>` of a page that `write` has made. */
function textOf(page: string, id: string): string {
  const from = page.indexOf(">", page.indexOf(` id="${id}"`)) + 1;
  return page.slice(from, page.indexOf("</script>", from));
}
