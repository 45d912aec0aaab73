import { decodeImage, type DecodeOptions } from "@tssl/augment-zoo";
import { count, percent } from "@tssl/core/internal";
import type { ImageSet } from "@tssl/core/run";

import { encodePng } from "./encode-png.ts";
import { type Html, html, lines } from "./html.ts";
import { renderPage } from "./page.ts";
import { picture } from "./picture.ts";

/** One cluster of a set's images, as the page shows it. */
export interface ShownCluster {
  readonly cluster: number;
  /** Images in it. */
  readonly size: number;
  /** Places of the images nearest to its centroid, nearest first. */
  readonly central: readonly number[];
  /** The class that most of its images have, and their share of it; absent where images have no labels. */
  readonly largest?: { readonly label: string; readonly share: number };
}

export interface ClustersPage {
  readonly title: string;
  /** What was clustered, and how well it agrees with classes, in sentences. */
  readonly summary: readonly string[];
  readonly clusters: readonly ShownCluster[];
  /** Clusters that are not shown. */
  readonly more: number;
  /** The command that made it. */
  readonly command: string;
}

/** The page as text: one HTML file that loads nothing, with the most central images of each cluster. */
export async function renderClusters(
  page: ClustersPage,
  set: Pick<ImageSet, "files" | "names">,
  decoding: Pick<DecodeOptions, "range">,
): Promise<string> {
  const sections: Html[] = [];
  for (const cluster of page.clusters) {
    const pngs: { readonly png: Uint8Array; readonly name: string }[] = [];
    for (const place of cluster.central) {
      pngs.push({
        png: await encodePng(await decodeImage(set.files[place]!, decoding)),
        name: set.names[place]!,
      });
    }
    sections.push(clusterRow(cluster, pngs));
  }
  return renderPage({
    title: `${page.title}: clusters`,
    main: html`<header class="top">
        <h1>${page.title}</h1>
        ${page.summary.map((sentence) => html`<p>${sentence}</p>`)}
      </header>
      <section id="clusters">
        <h2>Clusters</h2>
        <p class="hint">
          The largest first; of each, the images nearest to its centroid.
          ${page.more > 0 && `${count(page.more)} smaller ones are not shown.`}
        </p>
        <div class="cases">${lines(sections)}</div>
      </section>
      <section id="again">
        <h2>Make it again</h2>
        <pre tabindex="0">${page.command}</pre>
      </section>`,
  });
}

function clusterRow(
  { cluster, size, largest }: ShownCluster,
  pngs: readonly { readonly png: Uint8Array; readonly name: string }[],
): Html {
  const ofClass = largest && `${largest.label}, ${percent(largest.share)}`;
  return html`<div class="case">
    <div class="neighbour-list">
      <h3>Cluster ${cluster}: ${count(size)} images <span class="score">${ofClass}</span></h3>
      <ol>
        ${pngs.map(({ png, name }) => html`<li>${picture(png, name)}</li>`)}
      </ol>
    </div>
  </div>`;
}
