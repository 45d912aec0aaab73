import uPlot from "uplot";

import { tickText, readoutText } from "./chart-text.ts";
import { type Chart, RUN_COLOURS } from "./page-data.ts";
import { isNoisy, nearestNumber, smoothed, type Values } from "./smoothing.ts";

export interface ChartSettings {
  /** The share of a curve that smoothing looks at on both sides; 0 for none. */
  readonly reach: number;
  readonly log: boolean;
  readonly axis: "steps" | "epochs";
  /** Where the run ends along the axis. */
  readonly end: () => number;
  readonly onZoom: (min: number, max: number) => void;
}

export interface DrawnChart {
  readonly plot: uPlot;
  /** Takes the chart off the page. */
  remove(): void;
}

/** What of a chart the reader's settings and the colour scheme decide. */
interface Look {
  readonly data: Curves;
  /** One run on the page: its curve has the accent colour, and its value is in the chart's head. */
  readonly alone: boolean;
  readonly strokes: readonly string[];
  readonly noisy: readonly boolean[];
  readonly smooth: readonly boolean[];
  readonly log: boolean;
  readonly colour: (name: string) => string;
}

interface Curves {
  /** The places of all curves along the axis. */
  readonly x: readonly number[];
  /** The values of each curve at every place, and the smoothed ones. */
  readonly raw: readonly Values[];
  readonly calm: readonly Values[];
  /** The edges of the band of each curve: the values themselves where it has none. */
  readonly low: readonly Values[];
  readonly high: readonly Values[];
}

const HEIGHT = 190;

/** Draws a chart into its figure, at the figure's width, and again when that changes. */
export function drawChart(figure: Element, chart: Chart, settings: ChartSettings): DrawnChart {
  const look = lookOf(chart, settings);
  const { x, raw, calm, low, high } = look.data;
  const box = figure.querySelector<HTMLElement>(".plot")!;
  const read = readout(figure, chart, settings, look);
  const key = figure.querySelector<HTMLElement>(".key-smooth");
  if (key !== null) key.hidden = !look.smooth[0];
  figure.classList.toggle("smooth", look.smooth[0]);

  const plot = new uPlot(
    {
      width: box.clientWidth,
      height: HEIGHT,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      cursor: cursor(look),
      scales: scales(chart, settings, look),
      axes: axes(chart, look),
      series: series(chart, look),
      bands: bands(chart, look),
      hooks: {
        drawAxes: [(u) => drawReferences(u, chart, look)],
        setCursor: [(u) => read(u.cursor.idx)],
        setScale: [
          (u, key) => {
            const { min, max } = u.scales["x"]!;
            if (key === "x" && min !== undefined && max !== undefined) settings.onZoom(min, max);
          },
        ],
      },
    },
    [x, ...raw, ...calm, ...low, ...high] as unknown as uPlot.AlignedData,
    box,
  );
  followFingers(plot);
  const resize = new ResizeObserver(() => {
    if (box.clientWidth !== plot.width) plot.setSize({ width: box.clientWidth, height: HEIGHT });
  });
  resize.observe(box);
  return {
    plot,
    remove() {
      resize.disconnect();
      plot.destroy();
    },
  };
}

function lookOf(chart: Chart, settings: ChartSettings): Look {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const { curves, references } = chart;
  const alone = curves.length === 1 && curves[0]!.run === undefined;
  const noisy = curves.map(({ values }) => isNoisy(values));
  const arePositive =
    curves.every(({ values, band }) =>
      [...values, ...(band?.low ?? [])].every((value) => value === null || value > 0),
    ) && references.every(({ value }) => value > 0);
  return {
    data: joined(chart, settings),
    alone,
    strokes: curves.map(({ place }) => colour(alone ? "curve" : `run-${place % RUN_COLOURS}`)),
    noisy,
    smooth: noisy.map((wobbles) => wobbles && settings.reach > 0),
    log: settings.log && arePositive,
    colour,
  };
}

/** Puts all curves over one set of places, as uPlot needs them. */
function joined({ curves }: Chart, { axis, reach }: Pick<ChartSettings, "axis" | "reach">): Curves {
  const tables = curves.map((curve) => {
    const { values, band = { low: values, high: values } } = curve;
    const isCalmed = reach > 0 && isNoisy(values);
    const calm = (noisy: Values) => (isCalmed ? smoothed(noisy, reach) : noisy);
    return [curve[axis], values, calm(values), calm(band.low), calm(band.high)];
  });
  const [x, ...rest] = uPlot.join(tables as unknown as uPlot.AlignedData[]);
  const values = rest as Values[];
  const [raw, calm, low, high] = [0, 1, 2, 3].map((part) => values.filter((_, i) => i % 4 === part)) as [
    Values[],
    Values[],
    Values[],
    Values[],
  ];
  return { x: x as number[], raw, calm, low, high };
}

/** The x series, then the values of each curve, the smoothed values of each, and the edges of their bands. */
function series({ curves }: Chart, { strokes, noisy, smooth, colour }: Look): uPlot.Series[] {
  const raw = curves.map(({ values }, i): uPlot.Series => ({
    stroke: smooth[i] ? `${strokes[i]!}40` : strokes[i]!,
    width: smooth[i] ? 1 : values.length > 300 && noisy[i] ? 1.25 : 2,
    points: { show: values.length <= 40, size: 7, fill: colour("card"), stroke: strokes[i]!, width: 2 },
  }));
  const calm = curves.map((_, i): uPlot.Series => ({
    show: smooth[i]!,
    stroke: strokes[i]!,
    width: 2,
    points: { show: false },
  }));
  const edges = [...curves, ...curves].map(({ band }): uPlot.Series => ({
    show: band !== undefined,
    points: { show: false },
  }));
  return [{}, ...raw, ...calm, ...edges];
}

/** The areas between the edges of the bands. */
function bands({ curves }: Chart, { strokes }: Pick<Look, "strokes">): uPlot.Band[] {
  const lows = 1 + 2 * curves.length;
  const highs = lows + curves.length;
  return curves.flatMap(({ band }, i): uPlot.Band[] =>
    band === undefined ? [] : [{ series: [highs + i, lows + i], fill: `${strokes[i]!}2b` }],
  );
}

function axes({ unit }: Chart, { log, colour }: Look): uPlot.Axis[] {
  const axis = {
    stroke: colour("muted"),
    font: "11px system-ui, sans-serif",
    grid: { stroke: colour("grid"), width: 1 },
    ticks: { show: false },
  };
  /** On a logarithmic scale: all ticks where they are few, else those that begin with 1, 2 or 5. */
  const fewTicks = (_u: uPlot, ticks: number[]) =>
    ticks.map((tick) => (ticks.length <= 6 || /^[125]e/.test(tick.toExponential(0)) ? tick : null));
  return [
    { ...axis, size: 26, space: 56, values: (_u, ticks) => ticks.map(tickText) },
    {
      ...axis,
      size: (_u, labels) => 14 + 6.5 * Math.max(3, ...(labels ?? []).map((label) => label?.length ?? 0)),
      space: 32,
      ...(log ? { filter: fewTicks } : {}),
      values: (_u, ticks: readonly (number | null)[]) =>
        ticks.map((tick) => (tick === null ? "" : tickText(tick) + (unit === "%" ? " %" : ""))),
    },
  ];
}

function scales({ references }: Chart, { end }: ChartSettings, { log }: Look): uPlot.Scales {
  return {
    x: {
      time: false,
      range: (_u, min, max): [number, number] =>
        min === null || min === max ? [0, Math.max(end(), 1)] : [min, max],
    },
    y: {
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- it has no names at run time
      distr: log ? 3 : 1,
      range: (_u, low, high): [number, number] => {
        const levels = references.map(({ value }) => value);
        const min = Math.min(low ?? Infinity, ...levels);
        const max = Math.max(high ?? -Infinity, ...levels);
        if (!Number.isFinite(min)) return log ? [1, 10] : [0, 1];
        if (log) return [min / (max / min) ** 0.08 / 1.01, max * (max / min) ** 0.08 * 1.01];
        const margin = (max - min) * 0.08 || Math.abs(max) * 0.1 || 1;
        // A quantity that is never negative keeps its axis from zero up.
        return [min >= 0 ? Math.max(0, min - margin) : min - margin, max + margin];
      },
    },
  };
}

/** One cursor over all charts of a page; on each curve it reads the nearest value. */
const cursor = ({ strokes, colour }: Look): uPlot.Cursor => ({
  sync: { key: "curves", scales: ["x", null] },
  drag: { x: true, y: false, setScale: true },
  focus: {
    prox: 1e6,
    // The edges of a band are never nearest: pointed at, they would fade every curve.
    dist: (_u, i, _at, value, pointer) => (i > 2 * strokes.length ? Infinity : value - pointer),
  },
  y: false,
  dataIdx: (u, i, at) => (i === 0 ? at : (nearestNumber(u.data[i]!, at) ?? at)),
  points: {
    size: (_u, i) => (i > 2 * strokes.length ? 0 : 8), // none on the edges of a band
    fill: colour("card"),
    stroke: (_u, i) => strokes[(i - 1) % strokes.length]!,
    width: 2,
  },
});

/** Draws the reference levels across the whole plot, wherever the values end. */
function drawReferences(u: uPlot, { references }: Chart, { colour }: Look): void {
  const { ctx } = u;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
  ctx.clip();
  references.forEach(({ value }, i) => {
    const y = Math.round(u.valToPos(value, "y", true));
    ctx.beginPath();
    ctx.setLineDash(i === 0 ? [6 * ratio, 4 * ratio] : [1.5 * ratio, 3.5 * ratio]);
    ctx.lineWidth = 1.5 * ratio;
    ctx.strokeStyle = colour(i === 0 ? "reference" : "muted");
    ctx.moveTo(u.bbox.left, y);
    ctx.lineTo(u.bbox.left + u.bbox.width, y);
    ctx.stroke();
  });
  ctx.restore();
}

/** Writes the values under the cursor into the figure; without a cursor, where the curves began and ended. */
function readout(figure: Element, chart: Chart, { axis }: ChartSettings, { data, alone, smooth }: Look) {
  const readouts = Array.from(figure.querySelectorAll<HTMLElement>(".readout"));
  const position = figure.querySelector(".position")!;
  const atRest = readouts.map(({ textContent }) => textContent);
  return (at: number | null | undefined): void => {
    position.textContent = "";
    chart.curves.forEach((curve, i) => {
      const values = data.raw[i]!;
      const near = at === null || at === undefined ? null : nearestNumber(values, at);
      if (near === null) {
        readouts[i]!.textContent = atRest[i]!;
        return;
      }
      const calm = alone && smooth[i] ? ` (smoothed ${readoutText(data.calm[i]![near], chart)})` : "";
      readouts[i]!.textContent = readoutText(values[near], chart) + calm;
      if (i > 0) return;
      const place = curve[axis].indexOf(data.x[near]!);
      const epoch = Number(curve.epochs[place]!.toFixed(1));
      position.textContent = `step ${curve.steps[place]}, epoch ${epoch}`;
    });
  };
}

/** uPlot follows the mouse alone: a finger drawn along the chart reads its values too. */
function followFingers(plot: uPlot): void {
  // Its types lack the last parameter, which moves the cursor of the other charts along.
  const moveCursor: (at: { left: number; top: number }, tellHooks: boolean, tellOthers: boolean) => void =
    plot.setCursor;
  const follow = (event: PointerEvent): void => {
    if (event.pointerType === "mouse") return;
    const area = plot.over.getBoundingClientRect();
    moveCursor({ left: event.clientX - area.left, top: event.clientY - area.top }, true, true);
  };
  plot.over.addEventListener("pointerdown", follow);
  plot.over.addEventListener("pointermove", follow);
}
