import { type Html, html } from "./html.ts";

/** A command or a text with a button that copies it. */
export const copyable = (text: string): Html =>
  html`<div class="copyable">
    <pre tabindex="0">${text}</pre>
    <button type="button" class="copy">Copy</button>
  </div>`;
