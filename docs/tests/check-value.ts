import { Tensor } from "@tensorflow/tfjs";
import ts from "typescript";

/** How far float32 may be from a number, as a share of it. */
const FLOAT32 = 1e-6;
/** A number with so many decimals is rounded to them; one with fewer is exact. */
const ROUNDED_FROM = 4;

/**
 * Compares a value with what an example states of it.
 *
 * The stated value is a literal: numbers, strings, arrays, objects with all their keys. A tensor is compared
 * by its values, a typed array as an array. A number with four or more decimals is rounded to them; any other
 * is exact, to float32's rounding.
 *
 * @throws {Error} beginning with `place` where they differ, or where no literal is stated.
 */
export function checkValue(actual: unknown, stated: string, place: string): void {
  const { statements } = ts.createSourceFile("value.ts", `(${stated})`, ts.ScriptTarget.ES2022, true);
  const [statement] = statements;
  if (statements.length !== 1 || statement?.kind !== ts.SyntaxKind.ExpressionStatement) {
    throw notLiteral(stated, place);
  }
  const { expression } = (statement as ts.ExpressionStatement).expression as ts.ParenthesizedExpression;
  const plain = plainValue(actual);
  if (!agrees(plain, expression, place)) {
    throw new Error(`${place}: the example states ${stated}, but the value is ${text(plain)}.`);
  }
}

function plainValue(value: unknown): unknown {
  if (value instanceof Tensor) return value.arraySync();
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainValue(each)]));
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "number" && !Number.isFinite(each) ? String(each) : each,
  );

/** Whether a plain value is what an expression says. */
function agrees(actual: unknown, stated: ts.Expression, place: string): boolean {
  if (ts.isArrayLiteralExpression(stated)) {
    const { elements } = stated;
    return (
      Array.isArray(actual) &&
      actual.length === elements.length &&
      elements.every((element, i) => agrees(actual[i], element, place))
    );
  }
  if (ts.isObjectLiteralExpression(stated)) {
    if (typeof actual !== "object" || actual === null) return false;
    const values = actual as Readonly<Record<string, unknown>>;
    return (
      Object.keys(values).length === stated.properties.length &&
      stated.properties.every(
        (property) =>
          ts.isPropertyAssignment(property) &&
          (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) &&
          agrees(values[property.name.text], property.initializer, place),
      )
    );
  }
  if (ts.isStringLiteral(stated)) return actual === stated.text;
  const words: Readonly<Record<string, unknown>> = { true: true, false: false, null: null, undefined };
  const word = stated.getText();
  if (Object.hasOwn(words, word)) return actual === words[word];
  const number = /^-?(Infinity|[\d.]+(e[+-]?\d+)?)$|^NaN$/.test(word) ? Number(word) : undefined;
  if (number === undefined) throw notLiteral(word, place);
  return typeof actual === "number" && isNear(actual, number, word);
}

function isNear(actual: number, stated: number, word: string): boolean {
  if (!Number.isFinite(stated)) return Object.is(actual, stated);
  const decimals = /\.(\d+)$/.exec(word)?.[1]?.length ?? 0;
  const most = decimals < ROUNDED_FROM ? FLOAT32 * Math.max(1, Math.abs(stated)) : 0.5 * 10 ** -decimals;
  return Math.abs(actual - stated) <= most;
}

const notLiteral = (stated: string, place: string): Error =>
  new Error(`${place}: what stands after "// =>" is no literal: ${stated}`);
