// What the check of views finds.

import { listed } from "./listed-names.ts";

/** Where a step finds the images of a view: whole ones in `views` of its context, patches in `patches`. */
export type ImageField = "views" | "patches";

const fieldText = (field: ImageField, view: string): string => `\`context.${field}["${view}"]\``;

export const viewNeverRead = (plugin: string, field: ImageField, view: string): string =>
  `[${plugin}] views asks for "${view}", but no plugin reads ${fieldText(field, view)} in step, so its ` +
  "images would be made for nothing. Read it, or leave it out of `views`.";

/** @param asked names of the views that plugins ask for. */
export const viewNotAskedFor = (
  plugin: string,
  field: ImageField,
  view: string,
  asked: readonly string[],
): string =>
  `[${plugin}] step reads ${fieldText(field, view)}, but no plugin asks for a view of this name. The views ` +
  `are ${listed(asked)}: return "${view}" from \`views\` too, or read one of these.`;

export const patchesReadAsView = (plugin: string, view: string): string =>
  `[${plugin}] step reads ${fieldText("views", view)}, but the recipe of this view cuts patches. Read ` +
  `${fieldText("patches", view)}.`;

export const viewReadAsPatches = (plugin: string, view: string): string =>
  `[${plugin}] step reads ${fieldText("patches", view)}, but the recipe of this view cuts no patches. Read ` +
  `${fieldText("views", view)}.`;
