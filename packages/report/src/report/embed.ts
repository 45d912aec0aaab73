import { type Html, trusted } from "./html.ts";

/**
 * JSON for a `<script>` element: no text in it can end the element (every `<` is escaped), and NaN becomes
 * null.
 */
export function embedJson(id: string, value: unknown): Html {
  const json = JSON.stringify(value).replaceAll("<", "\\u003c");
  return trusted(`<script type="application/json" id="${id}">${json}</script>`);
}
