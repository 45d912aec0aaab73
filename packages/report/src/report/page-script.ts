import type uPlot from "uplot";

import { CHART_DATA_ID } from "./charts-section.ts";
import type { Chart } from "./plan-charts.ts";

// The functions below run in the browser: they are written into pages from their own source, so they may use each other and the browser, but
// nothing imported.

/** Draws the charts of a page, as text; in the browser `charts` then stands for them. */
export const chartScript = (): string =>
  asScript(
    [smoothed, isNoisy, tickText, nearestNumber, joined, drawChart, startCharts],
    `var charts = startCharts(uPlot, ${JSON.stringify(CHART_DATA_ID)});`,
  );

/** Lets a page copy its commands. */
export const copyScript = (): string => asScript([startCopyButtons], "startCopyButtons();");

/** Functions as a page defines them, and what it then does. */
export const asScript = (functions: readonly { toString(): string }[], start: string): string =>
  [
    // Some TypeScript runners wrap functions in a call of this name.
    "var __name = function (f) { return f; };",
    ...functions.map(String),
    start,
    "",
  ].join("\n");

type Values = readonly (number | null | undefined)[];

/** Charts that are drawn on a page. */
export interface DrawnCharts {
  /** Shows newer charts, unless the reader points at one. @param figures their markup. */
  update(charts: readonly Chart[], figures: string): void;
}

interface DrawnChart {
  readonly plot: uPlot;
  readonly resize: ResizeObserver;
}

interface ChartSettings {
  /** Share of a curve that smoothing looks at on both sides; 0 for none. */
  readonly reach: number;
  readonly log: boolean;
  readonly axis: "steps" | "epochs";
  /** Where the run ends along the axis. */
  readonly end: () => number;
  readonly onZoom: (min: number, max: number) => void;
}

/**
 * A straight line through the points within `share` of the curve on both sides, read off in the middle. Unlike a running mean it neither lags nor
 * bends at the ends. Gaps stay gaps.
 */
export function smoothed(values: Values, share: number): (number | null)[] {
  const reach = Math.ceil(values.length * share);
  return values.map((value, at) => {
    if (value === null || value === undefined) return null;
    let [n, x, y, xx, xy] = [0, 0, 0, 0, 0];
    for (let i = Math.max(0, at - reach); i <= Math.min(values.length - 1, at + reach); i++) {
      const near = values[i];
      if (near === null || near === undefined) continue;
      const dx = i - at;
      [n, x, y, xx, xy] = [n + 1, x + dx, y + near, xx + dx * dx, xy + dx * near];
    }
    const spread = n * xx - x * x;
    return spread === 0 ? y / n : (y * xx - x * xy) / spread;
  });
}

/** Whether smoothing would show anything: a dense curve that wobbles. A learning rate does not. */
export function isNoisy(values: Values): boolean {
  if (values.length < 40) return false;
  const calm = smoothed(values, 0.02);
  const numbers = values.filter((value) => typeof value === "number");
  const range = Math.max(...numbers) - Math.min(...numbers);
  return values.some((value, i) => typeof value === "number" && Math.abs(value - calm[i]!) > range / 50);
}

/** Short enough for a narrow axis: `12k`, `0.05`, `3e-5`. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
  if (size !== 0 && size < 0.001) return value.toExponential().replace(/(\.\d)\d+/, "$1");
  return String(Number(value.toPrecision(6)));
}

/** The place nearest to `at` where there is a number. */
export function nearestNumber(values: ArrayLike<number | null | undefined>, at: number): number | null {
  for (let away = 0; away < values.length; away++) {
    for (const place of [at - away, at + away]) if (typeof values[place] === "number") return place;
  }
  return null;
}

/** What uPlot draws: the places of all curves, then the values of each, and where asked for the smoothed values of each. */
function joined(Plot: typeof uPlot, chart: Chart, settings: Pick<ChartSettings, "axis" | "reach">) {
  const tables = chart.curves.map((curve) => [
    curve[settings.axis],
    curve.values,
    settings.reach > 0 && isNoisy(curve.values) ? smoothed(curve.values, settings.reach) : curve.values,
  ]);
  const [x, ...rest] = Plot.join(tables as unknown as uPlot.AlignedData[]);
  const values = rest as Values[];
  return { x, raw: values.filter((_, i) => i % 2 === 0), calm: values.filter((_, i) => i % 2 === 1) };
}

function drawChart(Plot: typeof uPlot, figure: Element, chart: Chart, settings: ChartSettings): DrawnChart {
  const data = joined(Plot, chart, settings);
  const box = figure.querySelector<HTMLElement>(".plot")!;
  const readouts = Array.from(figure.querySelectorAll<HTMLElement>(".readout"));
  const position = figure.querySelector(".position")!;
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const alone = chart.curves.length === 1 && chart.curves[0]!.run === undefined;
  const strokes = chart.curves.map(({ place }) => colour(alone ? "curve" : `run-${place % 8}`));
  const noisy = chart.curves.map(({ values }) => isNoisy(values));
  const smooth = noisy.map((wobbles) => wobbles && settings.reach > 0);
  const log =
    settings.log &&
    chart.curves.every(({ values }) => values.every((value) => value === null || value > 0)) &&
    chart.references.every(({ value }) => value > 0);
  const text = (value: number | null | undefined): string => {
    if (value === null || value === undefined) return "–";
    const digits = chart.unit === "%" ? `${value.toFixed(1)} %` : tickText(Number(value.toPrecision(4)));
    return digits.replace(/-/g, "−");
  };
  const key = figure.querySelector<HTMLElement>(".key-smooth");
  if (key !== null) key.hidden = !smooth[0];
  figure.classList.toggle("smooth", smooth[0]);

  const series: uPlot.Series[] = [
    {},
    ...chart.curves.map(({ values }, i): uPlot.Series => ({
      stroke: smooth[i] ? `${strokes[i]!}40` : strokes[i]!,
      width: smooth[i] ? 1 : values.length > 300 && noisy[i] ? 1.25 : 2,
      points: { show: values.length <= 40, size: 7, fill: colour("card"), stroke: strokes[i]!, width: 2 },
    })),
    ...chart.curves.map((_, i): uPlot.Series => ({
      show: smooth[i]!,
      stroke: strokes[i]!,
      width: 2,
      points: { show: false },
    })),
  ];
  const axis = {
    stroke: colour("muted"),
    font: "11px system-ui, sans-serif",
    grid: { stroke: colour("grid"), width: 1 },
    ticks: { show: false },
  };

  /** Reference levels go across the whole plot, wherever the values end. */
  const drawReferences = (u: uPlot): void => {
    const { ctx } = u;
    const ratio = Plot.pxRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    ctx.clip();
    chart.references.forEach(({ value }, i) => {
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
  };

  const atRest = readouts.map(({ textContent }) => textContent);
  /** The values under the cursor; without one, where the curves began and ended. */
  const read = (at: number | null | undefined): void => {
    position.textContent = "";
    chart.curves.forEach(({ steps, epochs }, i) => {
      const values = data.raw[i]!;
      const near = at === null || at === undefined ? null : nearestNumber(values, at);
      if (near === null) {
        readouts[i]!.textContent = atRest[i]!;
        return;
      }
      const calm = alone && smooth[i] ? ` (smoothed ${text(data.calm[i]![near])})` : "";
      readouts[i]!.textContent = text(values[near]) + calm;
      const place = chart.curves[i]![settings.axis].indexOf((data.x as number[])[near]!);
      if (i === 0) position.textContent = `step ${steps[place]}, epoch ${Number(epochs[place]!.toFixed(1))}`;
    });
  };

  const plot = new Plot(
    {
      width: box.clientWidth,
      height: 190,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: "curves", scales: ["x", null] },
        drag: { x: true, y: false, setScale: true },
        focus: { prox: 1e6 },
        y: false,
        dataIdx: (u, i, at) => (i === 0 ? at : (nearestNumber(u.data[i]!, at) ?? at)),
        points: {
          size: 8,
          fill: colour("card"),
          stroke: (_u, i) => strokes[(i - 1) % strokes.length]!,
          width: 2,
        },
      },
      scales: {
        x: {
          time: false,
          range: (_u, min, max): [number, number] =>
            min === null || min === max ? [0, Math.max(settings.end(), 1)] : [min, max],
        },
        y: {
          // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- it has no names at run time
          distr: log ? 3 : 1,
          range: (_u, low, high): [number, number] => {
            const levels = chart.references.map(({ value }) => value);
            const min = Math.min(low ?? Infinity, ...levels);
            const max = Math.max(high ?? -Infinity, ...levels);
            if (!Number.isFinite(min)) return log ? [1, 10] : [0, 1];
            if (log) return [min / (max / min) ** 0.08 / 1.01, max * (max / min) ** 0.08 * 1.01];
            const margin = (max - min) * 0.08 || Math.abs(max) * 0.1 || 1;
            // A quantity that is never negative keeps its axis from zero up.
            return [min >= 0 ? Math.max(0, min - margin) : min - margin, max + margin];
          },
        },
      },
      axes: [
        { ...axis, size: 26, space: 56, values: (_u, ticks) => ticks.map(tickText) },
        {
          ...axis,
          size: (_u, labels) => 14 + 6.5 * Math.max(3, ...(labels ?? []).map((label) => label?.length ?? 0)),
          space: 32,
          ...(log
            ? {
                // Few enough to be written all, or those that begin with 1, 2 or 5.
                filter: (_u: uPlot, ticks: number[]) =>
                  ticks.map((tick) =>
                    ticks.length <= 6 || /^[125]e/.test(tick.toExponential(0)) ? tick : null,
                  ),
              }
            : {}),
          values: (_u, ticks: readonly (number | null)[]) =>
            ticks.map((tick) => (tick === null ? "" : tickText(tick) + (chart.unit === "%" ? " %" : ""))),
        },
      ],
      series,
      hooks: {
        drawAxes: [drawReferences],
        setCursor: [(u) => read(u.cursor.idx)],
        setScale: [
          (u, key) => {
            const { min, max } = u.scales["x"]!;
            if (key === "x" && min !== undefined && max !== undefined) settings.onZoom(min, max);
          },
        ],
      },
    },
    [data.x, ...data.raw, ...data.calm] as unknown as uPlot.AlignedData,
    box,
  );
  // uPlot follows the mouse alone: a finger drawn along the chart reads its values too. Its types lack the last
  // parameter, which moves the cursor of the other charts along.
  const moveCursor: (at: { left: number; top: number }, tellHooks: boolean, tellOthers: boolean) => void =
    plot.setCursor;
  const follow = (event: PointerEvent): void => {
    if (event.pointerType === "mouse") return;
    const area = plot.over.getBoundingClientRect();
    moveCursor({ left: event.clientX - area.left, top: event.clientY - area.top }, true, true);
  };
  plot.over.addEventListener("pointerdown", follow);
  plot.over.addEventListener("pointermove", follow);

  const resize = new ResizeObserver(() => {
    if (box.clientWidth !== plot.width) plot.setSize({ width: box.clientWidth, height: 190 });
  });
  resize.observe(box);
  return { plot, resize };
}

function startCharts(Plot: typeof uPlot, dataId: string): DrawnCharts | undefined {
  const source = document.getElementById(dataId);
  if (source === null) return undefined;
  let charts = JSON.parse(source.textContent) as readonly Chart[];
  const place = document.querySelector(".charts")!;
  const controls = document.querySelector<HTMLElement>(".chart-controls")!;
  const smoothing = controls.querySelector<HTMLInputElement>("#smoothing input")!;
  const log = controls.querySelector<HTMLInputElement>("#log")!;
  const ranges = Array.from(controls.querySelectorAll<HTMLElement>("#ranges button"));
  const axes = Array.from(controls.querySelectorAll<HTMLElement>("#axis button"));
  controls.hidden = false;

  const REACHES = [0, 0.005, 0.01, 0.02, 0.05, 0.1];
  let drawn: DrawnChart[] = [];
  let axis: ChartSettings["axis"] = "steps";
  let drawing = false;
  /** A part at the run's end that grows with it, or what was dragged out. */
  let shown: { readonly from: number } | { readonly min: number; readonly max: number } = { from: 0 };

  const end = (): number =>
    Math.max(0, ...charts.flatMap(({ curves }) => curves.map((curve) => curve[axis].at(-1) ?? 0)));

  const part = () =>
    "from" in shown ? { min: shown.from * end(), max: end() } : { min: shown.min, max: shown.max };

  const zoom = (): void => {
    for (const { plot } of drawn) plot.setScale("x", part());
    for (const button of ranges) {
      const pressed = "from" in shown && shown.from === Number(button.dataset["from"]);
      button.setAttribute("aria-pressed", String(pressed));
    }
    drawing = false;
  };

  const onZoom = (min: number, max: number): void => {
    if (drawing || (min === part().min && max === part().max)) return;
    // A double-click resets a chart to its own data; the whole run is meant.
    const whole = drawn.some(({ plot }) => {
      const x = plot.data[0];
      return x[0] === min && x.at(-1) === max;
    });
    shown = whole ? { from: 0 } : { min, max };
    zoom();
  };

  const draw = (): void => {
    for (const { plot, resize } of drawn) {
      resize.disconnect();
      plot.destroy();
    }
    drawing = true;
    const figures = Array.from(place.querySelectorAll("figure.chart"));
    const settings = { reach: REACHES[Number(smoothing.value)]!, log: log.checked, axis, end, onZoom };
    drawn = charts.map((chart, i) => drawChart(Plot, figures[i]!, chart, settings));
    // Where no curve can be smoothed the slider would do nothing.
    smoothing.parentElement!.hidden = !charts.some(({ curves }) =>
      curves.some(({ values }) => isNoisy(values)),
    );
    // uPlot reports a chart's first scale a moment later; it is no wish of the reader's.
    queueMicrotask(() => queueMicrotask(zoom));
  };

  for (const button of ranges) {
    button.addEventListener("click", () => {
      shown = { from: Number(button.dataset["from"]) };
      zoom();
    });
  }
  for (const button of axes) {
    button.addEventListener("click", () => {
      axis = button.dataset["axis"] as ChartSettings["axis"];
      for (const other of axes) other.setAttribute("aria-pressed", String(other === button));
      if (!("from" in shown)) shown = { from: 0 };
      draw();
    });
  }
  smoothing.addEventListener("input", draw);
  log.addEventListener("change", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  document.documentElement.classList.add("scripted");
  draw();
  return {
    update(next, figures) {
      if (place.matches(":hover")) return; // somebody reads values
      charts = next;
      place.innerHTML = figures;
      draw();
    },
  };
}

function startCopyButtons(): void {
  document.documentElement.classList.add("scripted");
  for (const button of Array.from(document.querySelectorAll<HTMLElement>("button.copy"))) {
    const source = button.parentElement!.querySelector("pre")!;
    button.hidden = false;
    button.addEventListener("click", () => {
      const say = (text: string): void => {
        button.textContent = text;
        setTimeout(() => (button.textContent = "Copy"), 1500);
      };
      const select = (): void => {
        // A page opened from disk may not reach the clipboard: then the text is selected for the reader's own copy.
        getSelection()?.selectAllChildren(source);
        say("Selected");
      };
      if (!navigator.clipboard) select();
      else navigator.clipboard.writeText(source.textContent).then(() => say("Copied"), select);
    });
  }
}
