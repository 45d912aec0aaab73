// The script of every page. Each part finds its own elements, and does nothing on a page without them.
import { startCharts } from "./charts.ts";
import { startCopyButtons } from "./copy-buttons.ts";
import { followRun } from "./live.ts";
import { startMaps } from "./maps.ts";

document.documentElement.classList.add("scripted");
const charts = startCharts();
startMaps();
startCopyButtons();
followRun(charts);
