import { type Html, html } from "./html.ts";

export const columnHead = (name: string): Html => html`<th scope="col">${name}</th>`;

/** Of a column of numbers, which stand on the right. */
export const numberHead = (name: string): Html => html`<th scope="col" class="number">${name}</th>`;

/** A table of values by row, which scrolls where it is wider than the page. */
export const valuesTable = (heads: readonly Html[], rows: readonly Html[]): Html =>
  html`<div class="scroll">
    <table class="values">
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
