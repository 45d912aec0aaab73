import { counted, percent } from "@tssl/core/internal";
import type { RunHealth } from "@tssl/core/run";

import { type Html, html, lines } from "./html.ts";

/** The section on health: findings, queues, shares of the gradient, histograms of cosines. */
export function healthSection(health: RunHealth | undefined): Html | undefined {
  if (!health || health.findings.length === 0) return undefined;
  const { findings, queues, gradient, cosines } = health;
  return html`<section id="health">
    <h2>Health</h2>
    <p class="hint">Read from what training logs; alarms need no labels.</p>
    <dl class="findings">
      ${findings.map(
        ({ level, sentence }) =>
          html`<div class="${level}">
            <dt>${level}</dt>
            <dd>${sentence}</dd>
          </div>`,
      )}
      ${queues.map(
        ({ name, filled, oldestSteps }) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${percent(filled)} filled; its oldest embedding is ${counted(oldestSteps, "step")} old.</dd>
          </div>`,
      )}
      ${
        gradient !== undefined &&
        html`<div>
          <dt>gradients</dt>
          <dd>
            Shares of the loss terms in the gradient at step ${gradient.step}:
            ${Object.entries(gradient.shares)
              .map(([name, share]) => `${name} ${percent(share)}`)
              .join(", ")}.
          </dd>
        </div>`
      }
    </dl>
    ${
      cosines !== undefined &&
      html`<figure class="block cosines">
        ${lines([
          histogram("two views of an image", cosines.positive),
          histogram("two images", cosines.negative),
        ])}
        <div class="axis" aria-hidden="true">
          <span></span>
          <p><span>−1</span><span>0</span><span>1</span></p>
        </div>
        <figcaption>Cosines of embeddings at step ${cosines.step}, and how many pairs have them.</figcaption>
      </figure>`
    }
  </section>`;
}

const HEIGHT = 40;

/** Bars as high as the share of their bin in the fullest one. */
function histogram(name: string, counts: readonly number[]): Html {
  const most = Math.max(1, ...counts);
  const bars = counts.map((count, bin) => {
    const height = (HEIGHT * count) / most;
    return html`<rect
      x="${bin}"
      y="${(HEIGHT - height).toFixed(1)}"
      width="0.9"
      height="${height.toFixed(1)}"
    />`;
  });
  return html`<div>
    <span>${name}</span>
    <svg
      viewBox="0 0 ${counts.length} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label="Histogram of cosines of ${name}, from -1 to 1: ${counts.join(", ")}"
    >
      ${bars}
    </svg>
  </div>`;
}
