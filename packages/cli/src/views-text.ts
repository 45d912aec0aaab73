import { type Recipe, recipeOrigin } from "@tssl/augment-zoo";
import { parameterTexts, type ViewGrid, type ViewSample } from "@tssl/report";

import { table } from "./table.ts";

/** The recipe of every view as a table, with its paper and code, and the differences from them. */
export const recipesText = (recipes: Readonly<Record<string, Recipe>>): string =>
  Object.entries(recipes)
    .map(([view, recipe]) => {
      const origin = recipeOrigin(recipe);
      const source = origin === undefined ? "not a published recipe" : `${origin.name} (${origin.source})`;
      const lines = recipe.map(({ op, ...parameters }) => ["", op, parametersText(parameters)]);
      const changes = (origin?.changes ?? []).map((change) => `  changed: ${change}\n`);
      return `${view}: ${source}\n${table(lines, "lll")}\n${changes.join("")}`;
    })
    .join("\n");

/** The operations on one image for each of its views in each epoch. */
export function samplesText(
  title: string,
  samples: ViewGrid["rows"][number]["samples"],
  epochs: readonly number[],
): string {
  const rows = Object.entries(samples).flatMap(([view, ofEpochs]) =>
    ofEpochs.flatMap(({ operations }: ViewSample, e) =>
      operations.map(({ name, parameters = {} }, i) => [
        "",
        i === 0 ? view : "",
        i === 0 ? `epoch ${epochs[e]!}` : "",
        name,
        parametersText(parameters),
      ]),
    ),
  );
  return `${title}\n${table(rows, "lllll")}\n`;
}

/** "size 32, scale 0.2 to 1", numbers with six digits. */
const parametersText = (parameters: Readonly<Record<string, unknown>>): string =>
  parameterTexts(parameters, (value) => String(Number(value.toPrecision(6)))).join(", ");
