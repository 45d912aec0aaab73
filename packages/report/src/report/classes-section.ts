import { count, percent, signedPoints } from "@tssl/core/internal";

import { type Html, html, lines } from "./html.ts";
import type { KnnResults } from "./report-data.ts";

/** kNN accuracy per class, and the confusion matrix. */
export function classesSection(knn: KnnResults | undefined): Html | undefined {
  if (!knn?.perClass?.length && !knn?.confusion) return undefined;
  return html`<section id="classes">
    <h2>Classes</h2>
    <div class="classes">
      ${lines([knn.perClass && perClassTable(knn.perClass), knn.confusion && confusionTable(knn.confusion)])}
    </div>
  </section>`;
}

function perClassTable(classes: NonNullable<KnnResults["perClass"]>): Html {
  const before = classes.some(({ untrained }) => untrained !== undefined);
  const sorted = [...classes].sort((a, b) => b.accuracy - a.accuracy);
  return html`<table class="per-class">
    <caption>
      kNN accuracy per class
      ${before && html`<small><i class="mark"></i> untrained, and the change in points</small>`}
    </caption>
    <thead class="unseen">
      <tr>
        <th>Class</th>
        <th>Bar</th>
        <th>Accuracy</th>
        ${before && html`<th>Change</th>`}
      </tr>
    </thead>
    <tbody>
      ${sorted.map(
        ({ label, untrained, accuracy }) =>
          html`<tr>
            <th scope="row">${label}</th>
            <td class="bar" aria-hidden="true">
              <svg>
                <rect class="after" width="${share(accuracy)}" height="100%" rx="4" />
                ${untrained !== undefined && untrainedMark(untrained)}
              </svg>
            </td>
            <td class="number">${percent(accuracy)}</td>
            ${before && html`<td class="number change">${gainText(untrained, accuracy)}</td>`}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

const untrainedMark = (accuracy: number): Html =>
  html`<rect class="before" x="${share(accuracy)}" y="-3" width="3" height="22" rx="2" />`;

const gainText = (untrained: number | undefined, accuracy: number): string =>
  untrained === undefined ? "" : signedPoints(accuracy - untrained);

const share = (fraction: number): string =>
  `${Number.isFinite(fraction) ? (Math.min(1, Math.max(0, fraction)) * 100).toFixed(1) : 0}%`;

function confusionTable({ labels, counts }: NonNullable<KnnResults["confusion"]>): Html {
  return html`<div class="scroll">
    <table class="confusion">
      <caption>
        Confusion matrix: true classes in rows, predicted ones in columns
      </caption>
      <thead>
        <tr>
          <td></td>
          ${labels.map((label) => html`<th scope="col"><span>${label}</span></th>`)}
        </tr>
      </thead>
      <tbody>
        ${labels.map(
          (label, t) =>
            html`<tr>
              <th scope="row">${label}</th>
              ${cells(counts[t] ?? [], t, labels)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function cells(row: readonly number[], t: number, labels: readonly string[]): readonly Html[] {
  const total = row.reduce((sum, value) => sum + value, 0) || 1;
  return labels.map((label, p) => {
    const value = row[p] ?? 0;
    // The root shows small confusions too; the colour turns the text's over at about a half.
    const shade = Math.sqrt(value / total);
    const step = Math.round(20 * shade) * 5; // the style sheet has a class for each five percent
    const kind = `${p === t ? "right" : "wrong"}${shade > 0.55 ? " dark" : ""} shade-${step}`;
    const title = `${count(value)} of ${labels[t] ?? ""} predicted as ${label}`;
    return html`<td class="${kind}" title="${title}">${count(value)}</td>`;
  });
}
