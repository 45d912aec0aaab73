import { visibleText } from "@tssl/core/internal";

import { type Html, trusted } from "./html.ts";

/**
 * JSON for a `<script>` element: no text in it can end the element (every `<` is escaped), and NaN becomes
 * null.
 */
export const embedJson = (id: string, value: unknown): Html => embedJsonText(id, pageJson(value));

/** The same of a text that is JSON already. */
export const embedJsonText = (id: string, json: string): Html =>
  trusted(`<script type="application/json" id="${id}">${json.replaceAll("<", "\\u003c")}</script>`);

/**
 * JSON for a page's script, which shows its texts as they are: characters that would act are escaped first.
 */
export const pageJson = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === "string" ? visibleText(each) : each));
