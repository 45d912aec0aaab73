import { parseDocument, visit, type Document, type YAMLParseError } from "yaml";

import { integerNotExact, nestedTooDeep } from "../messages/config.ts";

/** Levels of lists and sections in a config at most: no option lies deeper than a few. */
const DEEPEST = 100;

/**
 * The value of a YAML text.
 *
 * @throws an error whose message is a reason: "Flow sequence … at line 1, column 9".
 */
export function parseYaml(text: string): unknown {
  requireShallowText(text);
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw new Error(explain(problem, text));
  requireExact(document);
  const value = document.toJS() as unknown;
  requireShallow(value);
  return value;
}

/**
 * The value of a JSON text. JSON.parse silently keeps the last of two values for one key; this refuses them.
 */
export function parseJson(text: string): unknown {
  requireShallowText(text);
  const value: unknown = JSON.parse(text);
  requireShallow(value);
  const document = parseDocument(text);
  const twice = document.errors.find(({ code }) => code === "DUPLICATE_KEY");
  if (twice !== undefined) throw new Error(explain(twice, text));
  requireExact(document);
  return value;
}

/** @throws where lists and sections lie in each other at more than a hundred levels. */
export function requireShallow(value: unknown): void {
  const seen = new Set<object>();
  let level: readonly object[] = [value].filter(isObject);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > DEEPEST) throw nestedTooDeep(DEEPEST);
    for (const each of level) seen.add(each);
    const inside = new Set(level.flatMap((each): unknown[] => Object.values(each)));
    level = [...inside].filter(isObject).filter((each) => !seen.has(each));
  }
}

/** Lists and sections; a plugin or an encoder of a TypeScript config may refer to itself. */
const isObject = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype);

/** Refuses whole numbers that would be read as others. */
function requireExact(document: Document): void {
  visit(document, {
    Scalar(_key, { value, source }) {
      if (typeof value !== "number" || Number.isSafeInteger(value) || !Number.isInteger(value)) return;
      if (source !== undefined && /^[-+]?(0[xo])?[\da-f]+$/i.test(source)) throw integerNotExact(source);
    },
  });
}

/**
 * The same of a text, roughly, and before it is parsed: the parser goes into lists and sections by calling
 * itself, and ends the process where the stack does. Levels are those of indents, of signs such as "- - -"
 * before a value, and of brackets.
 */
export function requireShallowText(text: string): void {
  const indents: number[] = [];
  let brackets = 0;
  for (const line of text.split("\n")) {
    const [, spaces = "", signs = ""] = /^([ \t]*)((?:[-?:][ \t]+)*)/.exec(line)!;
    if (spaces.length === line.trimEnd().length) continue;
    while (indents.length > 0 && indents.at(-1)! >= spaces.length) indents.pop();
    indents.push(spaces.length);
    for (const [sign] of line.matchAll(/[[\]{}]/g)) {
      brackets = Math.max(0, brackets + ("[{".includes(sign) ? 1 : -1));
      if (brackets > DEEPEST) throw nestedTooDeep(DEEPEST);
    }
    const compact = signs.trim() === "" ? 0 : signs.trim().split(/[ \t]+/).length;
    if (indents.length + compact > DEEPEST) throw nestedTooDeep(DEEPEST);
  }
}

/**
 * The first line of the parser's message; "epochs is set a second time at line 3, column 1" for a repeated
 * key.
 */
function explain({ code, message, pos }: YAMLParseError, text: string): string {
  const line = message.split("\n")[0]!.replace(/:$/, "");
  const key = /^[^\s:,}]+/.exec(text.slice(pos[0]))?.[0];
  if (code !== "DUPLICATE_KEY" || key === undefined) return line;
  return line.replace("Map keys must be unique", `${key} is set a second time`);
}
