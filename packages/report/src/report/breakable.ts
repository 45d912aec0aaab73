import { type Html, html } from "./html.ts";

/** A path of an option, which breaks after its dots where a line is short. */
export const breakable = (name: string): Html =>
  html`${name.split(".").map((part, i) => html`${i > 0 && html`.<wbr />`}${part}`)}`;
