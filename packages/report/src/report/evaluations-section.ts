import { count, percent, signedPoints } from "@tssl/core/internal";

import { type Html, html } from "./html.ts";
import type { KeptAccuracy } from "./kept-results.ts";
import { columnHead, numberHead, valuesTable } from "./values-table.ts";

/** What `tssl evaluate` has measured of a run, each with its checkpoint, settings, images and date. */
export function evaluationsSection(evaluations: readonly KeptAccuracy[] | undefined): Html | undefined {
  if (evaluations === undefined || evaluations.length === 0) return undefined;
  return html`<section id="evaluations">
    <h2>Evaluations</h2>
    <p class="hint">
      Accuracies that <code>tssl evaluate</code> measured, of a linear SVM the mean average precision. Per
      class: the mean of the classes' own accuracies. Untrained: the same evaluation of the encoder before its
      first step; of a fine-tuned network, the same network from scratch.
    </p>
    ${valuesTable(
      [
        columnHead("Evaluation"),
        ...["Steps", "Accuracy", "Per class", "Untrained", "Gain", "Measured"].map(numberHead),
      ],
      evaluations.map(row),
    )}
  </section>`;
}

const row = ({ name, images, step, accuracy, perClass, untrained, measuredAt }: KeptAccuracy): Html =>
  html`<tr>
    <th scope="row">${name}<br /><small>${images}</small></th>
    <td class="number">${count(step)}</td>
    <td class="number">${percent(accuracy)}</td>
    <td class="number">${perClass === undefined ? "–" : percent(perClass)}</td>
    <td class="number">${untrained === undefined ? "–" : percent(untrained)}</td>
    <td class="number">${untrained === undefined ? "–" : signedPoints(accuracy - untrained)}</td>
    <td class="number">${measuredAt.slice(0, 10)}</td>
  </tr>`;
