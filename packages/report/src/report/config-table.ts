import { stringify } from "yaml";

import { breakable } from "./breakable.ts";
import { type Html, html } from "./html.ts";
import { configDifferences } from "./config-differences.ts";
import { columnHead, valuesTable } from "./values-table.ts";

/**
 * A section with every option in which configs differ. Whichever there are fewer of are the columns.
 *
 * @param each what one of them is: "Variant", "Run".
 */
export function configTable(names: readonly string[], configs: readonly unknown[], each: string): Html {
  const options = configDifferences(configs);
  const cell = (value: unknown) => html`<td>${value === undefined ? "–" : stringify(value).trim()}</td>`;
  const row = (head: Html, values: readonly unknown[]) =>
    html`<tr>
      <th scope="row">${head}</th>
      ${values.map(cell)}
    </tr>`;
  const table =
    options.length < names.length
      ? valuesTable(
          [columnHead(each), ...options.map(({ path }) => html`<th scope="col">${breakable(path)}</th>`)],
          names.map((name, i) =>
            row(
              html`${name}`,
              options.map(({ values }) => values[i]),
            ),
          ),
        )
      : valuesTable(
          ["Option", ...names].map(columnHead),
          options.map(({ path, values }) => row(breakable(path), values)),
        );
  return html`<section id="configs">
    <h2>What differs in the configs</h2>
    ${options.length === 0 ? html`<p class="hint">Nothing: the configs are the same.</p>` : table}
  </section>`;
}
