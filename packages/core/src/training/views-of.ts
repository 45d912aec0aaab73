import type { RunConfig } from "../config/parse-config.ts";
import { arrangePlugins, collectViews } from "../plugins/arrange.ts";
import type { View } from "../plugins/plugin.ts";
import { runFacts } from "./prepare-run.ts";
import { viewsFor } from "./views-for.ts";

/**
 * The views that the plugins of a config ask for, by name. No network is made, and TensorFlow is not needed.
 *
 * @param datasetSize how many training images there are.
 * @throws {TsslError} INVALID_OPTION or INVALID_PLUGIN, as training would.
 */
export const viewsOf = (
  config: Pick<RunConfig, "settings" | "plugins">,
  datasetSize: number,
): Readonly<Record<string, View>> => {
  const facts = runFacts(config, datasetSize);
  return viewsFor(collectViews(arrangePlugins(config.plugins), facts), facts.pixels, config.settings.data);
};
