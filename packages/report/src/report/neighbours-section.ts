import { count } from "@tssl/core/internal";

import { neighboursOfClass } from "../messages/notes.ts";
import { type Html, html, lines } from "./html.ts";
import { picture } from "./picture.ts";
import type { Neighbour, NeighbourCase, ReportData } from "./report-data.ts";

type When = "untrained" | "trained";

const HEADINGS: Readonly<Record<When, string>> = { untrained: "Untrained", trained: "Trained" };

/**
 * Test images, or some of the training images, with the training images nearest to them, before and after
 * training side by side.
 */
export function neighboursSection({
  neighbours: cases,
  neighboursAmong: among,
}: Pick<ReportData, "neighbours" | "neighboursAmong">): Html | undefined {
  if (!cases || cases.length === 0) return undefined;
  const labelled = cases.some(({ label }) => label !== undefined);
  return html`<section id="neighbours">
    <h2>Nearest neighbours</h2>
    <p class="hint">
      ${
        among === undefined
          ? "Test images and the training images closest to them"
          : `Training images and the closest to them of ${count(among)} training images`
      }
      in the encoder's features, with cosine similarity. ${shareSentence(cases)}
    </p>
    ${
      labelled &&
      html`<p class="frames">
        <span class="match-key">same class</span> <span class="miss-key">another class</span>
      </p>`
    }
    <div class="cases">
      ${lines(cases.map((one) => caseRow(one, among === undefined ? "test image" : "training image")))}
    </div>
  </section>`;
}

function shareSentence(cases: readonly NeighbourCase[]): string {
  const [before, after] = [shareOfClass(cases, "untrained"), shareOfClass(cases, "trained")];
  if (before === undefined || after === undefined) return "";
  return neighboursOfClass(before, after);
}

function shareOfClass(cases: readonly NeighbourCase[], when: When): number | undefined {
  const matches = cases.flatMap((one) => (one[when] ?? []).map(({ label }) => matchOf(one.label, label)));
  const known = matches.filter((match) => match !== undefined);
  return known.length === 0 ? undefined : known.filter((match) => match).length / known.length;
}

const matchOf = (query: string | undefined, label: string | undefined): boolean | undefined =>
  query === undefined || label === undefined ? undefined : query === label;

function caseRow(one: NeighbourCase, kind: "test image" | "training image"): Html {
  return html`<div class="case">
    <figure class="query">
      ${picture(one.png, `${kind === "test image" ? "Test" : "Training"} image: ${one.label ?? "unlabelled"}`)}
      <figcaption>${one.label ?? kind}</figcaption>
    </figure>
    ${(["untrained", "trained"] as const).flatMap((when) =>
      one[when] === undefined ? [] : [neighbourList(one, one[when], when)],
    )}
  </div>`;
}

function neighbourList({ label: query }: NeighbourCase, neighbours: readonly Neighbour[], when: When): Html {
  const matches = neighbours.filter(({ label }) => matchOf(query, label)).length;
  const score = query !== undefined && `${matches} of ${neighbours.length}`;
  return html`<div class="neighbour-list">
    <h3>${HEADINGS[when]} <span class="score">${score}</span></h3>
    <ol>
      ${neighbours.map((neighbour) => neighbourItem(neighbour, matchOf(query, neighbour.label)))}
    </ol>
  </div>`;
}

function neighbourItem({ png, label, similarity }: Neighbour, match: boolean | undefined): Html {
  const cosine = similarity.toFixed(2).replace("-", "\u2212");
  const verdict = match === undefined ? "" : match ? ", same class" : ", another class";
  const frame = match === undefined ? "" : match ? "match" : "miss";
  return html`<li class="${frame}">
    ${picture(png, `${label ?? "Neighbour"}, similarity ${cosine}${verdict}`)}
    ${label !== undefined && html`<span class="label" aria-hidden="true">${label}</span>`}
    <span class="cosine" aria-hidden="true">${cosine}</span>
  </li>`;
}
