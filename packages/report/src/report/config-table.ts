import { stringify } from "yaml";

import { type Html, html } from "./html.ts";
import { configDifferences } from "./config-differences.ts";
import { columnHead, valuesTable } from "./values-table.ts";

/** A section with every option in which configs differ, a column for each. */
export function configTable(names: readonly string[], configs: readonly unknown[]): Html {
  const rows = configDifferences(configs);
  const text = (value: unknown) => (value === undefined ? "–" : stringify(value).trim());
  return html`<section id="configs">
    <h2>What differs in the configs</h2>
    ${valuesTable(
      ["Option", ...names].map(columnHead),
      rows.map(
        ({ path, values }) =>
          html`<tr>
            <th scope="row">${path}</th>
            ${values.map((value) => html`<td class="number">${text(value)}</td>`)}
          </tr>`,
      ),
    )}
  </section>`;
}
