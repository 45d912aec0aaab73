import { type Html, html } from "../report/html.ts";
import { placeOn, type Scale } from "./scale.ts";

/** One variant's marks in a column of plots that share an axis. */
export interface Strip {
  readonly scale: Scale;
  /** One for each seed, with what a pointer on it says. */
  readonly dots: readonly { readonly value: number; readonly text: string }[];
  readonly mean: number | undefined;
  readonly interval?: { readonly low: number; readonly high: number };
  /** What the plot shows, for those who do not see it. */
  readonly label: string;
}

const HEIGHT = 32;
/** How far apart the dots of two seeds are at most, up and down: those of equal value then show both. */
const APART = 4;

/**
 * A row of a plot: dots for seeds, a mean, an interval, over the axis's lines; a stronger one at zero. Places
 * are shares of the width, so it is as wide as its cell and its marks keep their size.
 */
export function stripPlot({ scale, dots, mean, interval, label }: Strip): Html {
  const middle = HEIGHT / 2;
  const apart = Math.min(APART, (HEIGHT - 12) / dots.length);
  return html`<svg class="strip" role="img" aria-label="${label}">
    ${scale.ticks.map((tick) => verticalAt(scale, tick))}
    ${
      interval !== undefined &&
      html`<line
        class="interval"
        x1="${at(scale, interval.low)}"
        x2="${at(scale, interval.high)}"
        y1="${middle}"
        y2="${middle}"
      />`
    }
    ${dots.map(
      ({ value, text }, i) =>
        html`<circle
          class="seed"
          cx="${at(scale, value)}"
          cy="${(middle + apart * (i - (dots.length - 1) / 2)).toFixed(1)}"
          r="3.5"
        >
          <title>${text}</title>
        </circle>`,
    )}
    ${
      mean !== undefined &&
      html`<line class="mean" x1="${at(scale, mean)}" x2="${at(scale, mean)}" y1="5" y2="${HEIGHT - 5}" />`
    }
  </svg>`;
}

const verticalAt = (scale: Scale, value: number): Html =>
  html`<line
    class="${value === 0 ? "zero" : "tick"}"
    x1="${at(scale, value)}"
    x2="${at(scale, value)}"
    y1="0"
    y2="${HEIGHT}"
  />`;

/** The numbers below a column of plots. */
export const stripAxis = ({ ticks, ...scale }: Scale, text: (value: number) => string): Html =>
  html`<svg class="strip-axis" aria-hidden="true">
    ${ticks.map((tick) => html`<text x="${at(scale, tick)}" y="12">${text(tick)}</text>`)}
  </svg>`;

/** "41.7%": a share of the plot's width. */
const at = (scale: Pick<Scale, "low" | "high">, value: number): string =>
  `${Number((100 * placeOn(scale, value)).toFixed(2))}%`;
