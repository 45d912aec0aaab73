import type { DrawnCharts } from "./charts.ts";
import { EVENTS, type LiveUpdate } from "./page-data.ts";

/** Renews a live page whenever the server says that the run has come further. */
export function followRun(charts: DrawnCharts | undefined): void {
  const state = document.querySelector<HTMLElement>("#live-state");
  if (state === null) return;
  const shown = new Map<string, string>();
  const show = (id: string, markup: string): void => {
    if (shown.get(id) === markup) return; // keeps what the reader selects
    document.getElementById(id)!.innerHTML = markup;
    shown.set(id, markup);
  };
  const events = new EventSource(EVENTS);
  events.addEventListener("message", ({ data }: MessageEvent<string>) => {
    const update = JSON.parse(data) as LiveUpdate;
    show("live-summary", update.summary);
    show("live-health", update.health);
    show("live-bottleneck", update.bottleneck);
    show("live-run", update.run);
    charts?.update(update.charts, update.figures);
    state.className = `live ${update.status}`;
    const asOf = new Date().toLocaleTimeString();
    state.textContent = `${update.status === "running" ? "live" : update.status}, as of ${asOf}`;
  });
  events.addEventListener("error", () => {
    state.className = "live lost";
    state.textContent = "tssl watch does not answer. The page shows the last update.";
  });
}
