import { count, duration, epochs, percent, points } from "@tssl/core/internal";

import { type Html, html } from "./html.ts";
import type { KnnResults, ReportData } from "./report-data.ts";
import { summarize } from "./summary.ts";

/** The head of the page: name, outcome in words, key numbers. */
export function summarySection(data: ReportData): Html {
  const { verdict, headline, details } = summarize(data);
  return html`<header class="top">
    <p class="kind">
      <span class="status ${data.status}">${data.status}</span>
      <span
        >self-supervised training, started
        <time datetime="${data.startedAt}">${dateTime(data.startedAt)}</time></span
      >
    </p>
    <h1>${data.title}</h1>
    <div class="verdict ${verdict.replace(" ", "-")}">
      <p class="headline">${headline}</p>
      ${details.map((sentence) => html`<p>${sentence}</p>`)} ${data.status === "running" && progressBar(data)}
    </div>
    <dl class="tiles">
      ${tiles(data).map(
        ({ name, value, note }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}${note !== undefined && html` <small>${note}</small>`}</dd>
          </div>`,
      )}
    </dl>
  </header>`;
}

const progressBar = ({ epochs: { done, planned } }: ReportData): Html =>
  html`<svg class="progress" aria-hidden="true">
    <rect width="${((100 * done) / planned).toFixed(1)}%" height="100%" rx="3" />
  </svg>`;

/** `2026-11-23T10:04:00Z` → `2026-11-23 10:04 UTC`; a date that cannot be read is shown as it is. */
function dateTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}

/** "+6.5 points", or "untrained" for an accuracy before the first step. */
function gainNote({ untrained }: KnnResults, last: KnnResults["points"][number]): Pick<Tile, "note"> {
  if (last.step === 0) return { note: "untrained" };
  return untrained === undefined ? {} : { note: points(last.accuracy - untrained) };
}

function tiles({ knn, epochs: { done, planned }, ...data }: ReportData): Tile[] {
  const tiles: Tile[] = [];
  const last = knn?.points.at(-1);
  if (knn && last !== undefined) {
    tiles.push({ name: `kNN accuracy, k = ${knn.k}`, value: percent(last.accuracy), ...gainNote(knn, last) });
  }
  if (knn?.balanced !== undefined) {
    const note = { note: `largest class ${percent(knn.chance ?? NaN)}` };
    tiles.push({ name: "Balanced kNN accuracy", value: percent(knn.balanced), ...note });
  }
  const progress = Number(done.toFixed(1));
  tiles.push({
    name: "Trained",
    ...(progress === planned
      ? { value: epochs(planned) }
      : { value: epochs(progress), note: `of ${planned}` }),
  });
  const classes = data.data.classes === undefined ? {} : { note: `${count(data.data.classes)} classes` };
  tiles.push({ name: "Images", value: count(data.data.images), ...classes });
  tiles.push({ name: "Time", value: duration(data.durationSeconds) });
  if (data.secondsLeft !== undefined) tiles.push({ name: "Time left", value: duration(data.secondsLeft) });
  if (data.imagesPerSecond !== undefined) {
    tiles.push({ name: "Speed", value: count(data.imagesPerSecond), note: "images/s" });
  }
  tiles.push({ name: "Device", value: data.device });
  return tiles;
}
