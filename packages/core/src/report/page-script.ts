import type uPlot from "uplot";

import { CHART_DATA_ID } from "./charts-section.ts";
import type { Chart } from "./plan-charts.ts";

/**
 * The script of the page, as text. The functions below run in the browser: they are written into the page from their
 * own source, so they may use each other and the browser, but nothing imported.
 */
export const pageScript = (): string =>
  [
    // Some TypeScript runners wrap functions in a call of this name.
    "var __name = function (f) { return f; };",
    ...[smoothed, isNoisy, tickText, drawChart, startCharts, startCopyButtons].map(String),
    `startCharts(uPlot, ${JSON.stringify(CHART_DATA_ID)});`,
    "startCopyButtons();",
  ].join("\n");

interface DrawnChart {
  readonly plot: uPlot;
  readonly resize: ResizeObserver;
}

interface ChartSettings {
  readonly smooth: boolean;
  readonly onZoom: (min: number, max: number) => void;
}

/**
 * A straight line through the points within a fiftieth of the curve on both sides, read off in the middle. Unlike a
 * running mean it neither lags nor bends at the ends. Gaps stay gaps.
 */
export function smoothed(values: readonly (number | null)[]): (number | null)[] {
  const reach = Math.ceil(values.length / 50);
  return values.map((value, at) => {
    if (value === null) return null;
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
export function isNoisy(values: readonly (number | null)[]): boolean {
  if (values.length < 40) return false;
  const calm = smoothed(values);
  const numbers = values.filter((value) => value !== null);
  const range = Math.max(...numbers) - Math.min(...numbers);
  return values.some((value, i) => value !== null && Math.abs(value - calm[i]!) > range / 50);
}

/** Short enough for a narrow axis: `12k`, `0.05`, `3e-5`. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (size >= 10_000) return `${Number((value / 1000).toPrecision(3))}k`;
  if (size !== 0 && size < 0.001) return value.toExponential().replace(/(\.\d)\d+/, "$1");
  return String(Number(value.toPrecision(6)));
}

function drawChart(
  Plot: typeof uPlot,
  figure: Element,
  chart: Chart,
  lastStep: number,
  settings: ChartSettings,
): DrawnChart {
  const box = figure.querySelector<HTMLElement>(".plot")!;
  const readout = figure.querySelector<HTMLElement>(".readout")!;
  const position = figure.querySelector(".position")!;
  // A chart is drawn again while the pointer is on it, for instance when smoothing is switched.
  const atRest = (readout.dataset["atRest"] ??= readout.textContent);
  readout.textContent = atRest;
  position.textContent = "";
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const smooth = settings.smooth && isNoisy(chart.values);
  const text = (value: number | null | undefined): string => {
    if (value === null || value === undefined) return "–";
    const digits = chart.unit === "%" ? `${value.toFixed(1)} %` : tickText(Number(value.toPrecision(4)));
    return digits.replace(/-/g, "−");
  };
  figure.querySelector<HTMLElement>(".key-smooth")!.hidden = !smooth;
  figure.classList.toggle("smooth", smooth);

  const few = chart.values.length <= 40;
  const series: uPlot.Series[] = [
    {},
    {
      stroke: smooth ? colour("curve-faint") : colour("curve"),
      width: smooth ? 1 : chart.values.length > 300 && isNoisy(chart.values) ? 1.25 : 2,
      points: { show: few, size: 7, fill: colour("card"), stroke: colour("curve"), width: 2 },
    },
  ];
  const data: (readonly (number | null)[])[] = [chart.steps, chart.values];
  if (smooth) {
    series.push({ stroke: colour("curve"), width: 2, points: { show: false } });
    data.push(smoothed(chart.values));
  }
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
        points: { size: 8, fill: colour("card"), stroke: colour("curve"), width: 2 },
      },
      scales: {
        x: {
          time: false,
          range: (_u, min, max): [number, number] =>
            min === null || min === max ? [0, Math.max(lastStep, 1)] : [min, max],
        },
        y: {
          range: (_u, low, high): [number, number] => {
            const levels = chart.references.map(({ value }) => value);
            const min = Math.min(low ?? Infinity, ...levels);
            const max = Math.max(high ?? -Infinity, ...levels);
            if (!Number.isFinite(min)) return [0, 1];
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
          size: (_u, labels) => 14 + 6.5 * Math.max(3, ...(labels ?? []).map((label) => label.length)),
          space: 32,
          values: (_u, ticks) => ticks.map((tick) => tickText(tick) + (chart.unit === "%" ? " %" : "")),
        },
      ],
      series,
      hooks: {
        drawAxes: [drawReferences],
        setCursor: [
          (u) => {
            const at = u.cursor.idx;
            if (at === null || at === undefined) {
              readout.textContent = atRest;
              position.textContent = "";
              return;
            }
            const calm = smooth ? ` (smoothed ${text(u.data[2]?.[at])})` : "";
            readout.textContent = text(chart.values[at]) + calm;
            position.textContent = `step ${chart.steps[at]}, epoch ${Number(chart.epochs[at]?.toFixed(1))}`;
          },
        ],
        setScale: [
          (u, key) => {
            const { min, max } = u.scales["x"]!;
            if (key === "x" && min !== undefined && max !== undefined) settings.onZoom(min, max);
          },
        ],
      },
    },
    data as unknown as uPlot.AlignedData,
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

function startCharts(Plot: typeof uPlot, dataId: string): void {
  const source = document.getElementById(dataId);
  if (source === null) return;
  const charts = JSON.parse(source.textContent) as Chart[];
  const lastStep = Math.max(...charts.map(({ steps }) => steps.at(-1) ?? 0));
  const figures = Array.from(document.querySelectorAll("figure.chart"));
  const controls = document.querySelector<HTMLElement>(".chart-controls")!;
  const smooth = document.querySelector<HTMLInputElement>("#smooth")!;
  const ranges = Array.from(controls.querySelectorAll<HTMLElement>("button"));
  controls.hidden = false;
  // Where no curve can be smoothed the switch would do nothing.
  smooth.parentElement!.hidden = !charts.some(({ values }) => isNoisy(values));

  let drawn: DrawnChart[] = [];
  let shown: [number, number] = [0, lastStep];
  let zooming = false;

  const zoom = (min: number, max: number): void => {
    if (zooming) return;
    zooming = true;
    // A double-click resets a chart to its own data; the whole run is meant.
    const whole = charts.some(({ steps }) => steps[0] === min && steps.at(-1) === max);
    shown = whole ? [0, lastStep] : [min, max];
    for (const { plot } of drawn) plot.setScale("x", { min: shown[0], max: shown[1] });
    for (const button of ranges) {
      const isShown = shown[1] === lastStep && shown[0] === Number(button.dataset["from"]) * lastStep;
      button.setAttribute("aria-pressed", String(isShown));
    }
    zooming = false;
  };

  const draw = (): void => {
    for (const { plot, resize } of drawn) {
      resize.disconnect();
      plot.destroy();
    }
    zooming = true;
    drawn = charts.map((chart, i) =>
      drawChart(Plot, figures[i]!, chart, lastStep, { smooth: smooth.checked, onZoom: zoom }),
    );
    // uPlot reports a chart's first scale a moment later; it is no wish of the reader's.
    queueMicrotask(() =>
      queueMicrotask(() => {
        zooming = false;
        zoom(...shown);
      }),
    );
  };

  for (const button of ranges) {
    button.addEventListener("click", () => zoom(Number(button.dataset["from"]) * lastStep, lastStep));
  }
  smooth.addEventListener("change", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
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
