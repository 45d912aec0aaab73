import { visibleText } from "@tssl/core/internal";

/** A key that no JSON can have: what is read from a file is never taken for markup. */
const MARKUP = Symbol("markup");

/** Markup that is safe to put into a page. `html` and `trusted` alone make it. */
export interface Html {
  readonly [MARKUP]: string;
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
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  trusted(strings.map((text, i) => text + partMarkup(parts[i])).join(""));

/** Takes text for markup, unescaped: a style sheet, a script, a data URL. Never text of a user. */
export const trusted = (markup: string): Html => ({ [MARKUP]: markup });

/** The text of markup, for whoever writes it to a file or sends it. */
export const markupOf = (part: Html): string => part[MARKUP];

/** Joins markup with lines between. */
export const lines = (parts: readonly (Html | undefined)[]): Html =>
  trusted(
    parts
      .filter((part) => part !== undefined)
      .map(markupOf)
      .join("\n"),
  );

/** Types say what a part is, and files that were read may hold something else: that is text. */
function partMarkup(part: unknown): string {
  if (part === undefined || part === false) return "";
  if (Array.isArray(part)) return part.map(partMarkup).join("");
  return isHtml(part) ? markupOf(part) : escaped(textOf(part));
}

const isHtml = (part: unknown): part is Html => typeof part === "object" && part !== null && MARKUP in part;

function textOf(part: unknown): string {
  if (typeof part === "string") return part;
  return typeof part === "number" ? String(part) : JSON.stringify(part);
}

const escaped = (text: string): string =>
  visibleText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
