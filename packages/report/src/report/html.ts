/** Markup that is safe to put into a page. */
export interface Html {
  readonly markup: string;
}

type Part = string | number | Html | readonly Html[] | false | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Template tag: every value is escaped unless it is markup already; `false` and `undefined` leave nothing.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.map((text, i) => text + partMarkup(parts[i])).join("") };
}

/** Takes text for markup, unescaped: a style sheet, a script, a data URL. Never text of a user. */
export const trusted = (markup: string): Html => ({ markup });

/** Joins markup with lines between. */
export const lines = (parts: readonly (Html | undefined)[]): Html =>
  trusted(
    parts
      .filter((part) => part !== undefined)
      .map((part) => part.markup)
      .join("\n"),
  );

function partMarkup(part: Part): string {
  if (part === undefined || part === false) return "";
  if (typeof part === "object") {
    return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("");
  }
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
