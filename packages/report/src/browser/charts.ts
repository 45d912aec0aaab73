import { type ChartSettings, drawChart, type DrawnChart } from "./draw-chart.ts";
import { type Chart, CHART_DATA_ID } from "./page-data.ts";
import { isNoisy } from "./smoothing.ts";

/** Charts that are drawn on a page. */
export interface DrawnCharts {
  /** Shows newer charts, unless the reader points at one. @param figures the charts' markup. */
  update(charts: readonly Chart[], figures: string): void;
}

/** The share of a curve that smoothing looks at on both sides, by the place of the slider. */
const REACHES = [0, 0.005, 0.01, 0.02, 0.05, 0.1];

/** Draws the charts of a page and makes its controls work; undefined on a page without charts. */
export function startCharts(): DrawnCharts | undefined {
  const source = document.getElementById(CHART_DATA_ID);
  if (source === null) return undefined;
  let charts = JSON.parse(source.textContent) as readonly Chart[];
  const place = document.querySelector(".charts")!;
  const controls = document.querySelector<HTMLElement>(".chart-controls")!;
  const smoothing = controls.querySelector<HTMLInputElement>("#smoothing input")!;
  const log = controls.querySelector<HTMLInputElement>("#log")!;
  const ranges = Array.from(controls.querySelectorAll<HTMLElement>("#ranges button"));
  const axes = Array.from(controls.querySelectorAll<HTMLElement>("#axis button"));
  controls.hidden = false;

  let drawn: DrawnChart[] = [];
  const pressed = axes.find((button) => button.getAttribute("aria-pressed") === "true");
  let axis = (pressed?.dataset["axis"] ?? "steps") as ChartSettings["axis"];
  let drawing = false;
  /** A part at the run's end that grows with it, or the range that the reader dragged out. */
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
    for (const chart of drawn) chart.remove();
    drawing = true;
    const figures = Array.from(place.querySelectorAll("figure.chart"));
    const settings = { reach: REACHES[Number(smoothing.value)]!, log: log.checked, axis, end, onZoom };
    drawn = charts.map((chart, i) => drawChart(figures[i]!, chart, settings));
    // Where no curve can be smoothed the slider would do nothing.
    const curves = charts.flatMap((chart) => chart.curves);
    smoothing.parentElement!.hidden = !curves.some(({ values }) => isNoisy(values));
    // uPlot reports a chart's first scale a moment later; the reader has not asked for it.
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
