import { type PixelFormat, unsuitable, withoutColour } from "@tssl/augment-zoo";

import type { RunSettings } from "../config/run-settings.ts";
import { viewNotForChannels } from "../messages/channels.ts";
import type { View } from "../plugins/plugin.ts";

/**
 * The views of a run for its images: without what needs red, green and blue, where the config says so.
 *
 * @throws {TsslError} INVALID_OPTION naming the view, what in it images of these channels lack, and what to
 * use instead.
 */
export function viewsFor(
  views: Readonly<Record<string, View>>,
  pixels: PixelFormat,
  data: Pick<RunSettings["data"], "withoutColour">,
): Readonly<Record<string, View>> {
  return Object.fromEntries(
    Object.entries(views).map(([name, view]) => {
      const recipe = data.withoutColour ? withoutColour(view.recipe) : view.recipe;
      const reasons = unsuitable(recipe, pixels);
      const helps = unsuitable(withoutColour(recipe), pixels).length < reasons.length;
      if (reasons.length > 0) throw viewNotForChannels(name, reasons, helps);
      return [name, { ...view, recipe }];
    }),
  );
}
