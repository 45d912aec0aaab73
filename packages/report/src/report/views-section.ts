import { type Html, html, lines } from "./html.ts";
import { parameterText } from "./parameter-texts.ts";
import { picture } from "./picture.ts";
import type { AppliedOperation, ViewGrid, ViewSample } from "./report-data.ts";

type Row = ViewGrid["rows"][number];
type Role = ViewGrid["roles"][number];

/** Images beside samples of their views; each view carries the list of operations that made it. */
export function viewsSection(views: ViewGrid | undefined): Html | undefined {
  if (!views || views.rows.length === 0) return undefined;
  return html`<section id="views">
    <h2>Views</h2>
    <p class="hint">
      What the encoder sees of an image, from left to right in epoch ${views.epochs.join(", ")}. Point at a
      view, or tap it, for the operations that made it.
    </p>
    <dl class="roles">
      ${recipesOf(views.roles).map(
        ({ names, recipe }) =>
          html`<div>
            <dt>${names.join(", ")}</dt>
            <dd>${recipe}</dd>
          </div>`,
      )}
    </dl>
    <div class="views">${lines(views.rows.map((row) => viewRow(row, views.roles)))}</div>
  </section>`;
}

/** Each recipe once, with the views that it makes. */
function recipesOf(roles: readonly Role[]): readonly { names: string[]; recipe: string }[] {
  const namesOf = new Map<string, string[]>();
  for (const { name, recipe } of roles) namesOf.set(recipe, [...(namesOf.get(recipe) ?? []), name]);
  return [...namesOf].map(([recipe, names]) => ({ names, recipe }));
}

function viewRow(row: Row, roles: readonly Role[]): Html {
  const subject = row.label ?? "an image";
  return html`<div class="view-row">
    <figure class="original">
      ${picture(row.png, `Original: ${subject}`)}
      <figcaption>${row.label ?? "original"}</figcaption>
    </figure>
    <div class="view-roles">
      ${roles.map(
        ({ name }) =>
          html`<div class="view-role" role="group" aria-label="${name} views of ${subject}">
            <span class="role-name">${name}</span>
            <div class="samples">
              ${(row.samples[name] ?? []).map((sample, i) =>
                viewSample(sample, `${name} ${i + 1} of ${subject}`),
              )}
            </div>
          </div>`,
      )}
    </div>
  </div>`;
}

/** A button, so that a tap or the keyboard opens its card as the mouse does, without a script. */
function viewSample({ png, operations }: ViewSample, name: string): Html {
  return html`<button class="view" type="button">
    ${picture(png, name)}
    <span class="card" role="tooltip">
      <span class="operations"
        >${operations.length === 0 ? "left as it is" : operations.map(operationLine)}</span
      >
    </span>
  </button>`;
}

function operationLine({ name, parameters = {} }: AppliedOperation): Html {
  const values = Object.entries(parameters).map(
    ([key, value]) => html`<span class="parameter">${key} <b>${parameterText(value)}</b></span>`,
  );
  return html`<span class="operation"><span class="operation-name">${name}</span> ${values}</span>`;
}
