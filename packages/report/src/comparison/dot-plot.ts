import { type Html, html } from "../report/html.ts";
import type { VariantValues } from "./comparison.ts";

const [WIDTH, HEIGHT, MARGIN] = [260, 22, 8];

/** One variant's runs as dots and their mean as a bar, on the scale of all variants. */
export function dotPlot(
  { values, mean, variant }: VariantValues,
  all: readonly VariantValues[],
  text: (value: number) => string,
): Html {
  const known = all.flatMap((row) => row.values).filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (value: number): string =>
    (high === low ? WIDTH / 2 : MARGIN + ((value - low) / (high - low)) * (WIDTH - 2 * MARGIN)).toFixed(1);
  const dots = values.flatMap((value, seed) =>
    value === null
      ? []
      : [
          html`<circle cx="${x(value)}" cy="${HEIGHT / 2}" r="4" opacity="${shade(seed, values.length)}">
            <title>seed ${seed}: ${text(value)}</title>
          </circle>`,
        ],
  );
  return html`<svg
    class="dots"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="${variant}: ${dots.length} runs"
  >
    <line x1="0" x2="${WIDTH}" y1="${HEIGHT / 2}" y2="${HEIGHT / 2}" />
    ${mean !== null && html`<line class="mean" x1="${x(mean)}" x2="${x(mean)}" y1="2" y2="${HEIGHT - 2}" />`}
    ${dots}
  </svg>`;
}

/** From faint to full, one for each seed. */
const shade = (seed: number, seeds: number): string => (1 - (0.7 * seed) / Math.max(1, seeds)).toFixed(2);
