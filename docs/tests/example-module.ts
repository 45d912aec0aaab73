import { existsSync } from "node:fs";
import path from "node:path";

import ts from "typescript";

import type { DocFence } from "./doc-comments.ts";
import { readText, ROOT } from "./pages.ts";

/** A value that an example states: `expression; // => value`. */
interface StatedValue {
  readonly statement: ts.ExpressionStatement;
  /** What stands after the arrow. */
  readonly value: string;
  /** Its line, from the first of the example, 0. */
  readonly line: number;
}

/** An example as TypeScript and Vite read it: a module beside the file whose doc comment holds it. */
export interface ExampleModule {
  /** Where the module would be: no such file exists. */
  readonly path: string;
  /** One line of imports, then the example: line n + 1 of it is line n of the example. */
  readonly source: string;
  /** The same, with each stated value compared to what it is. */
  readonly checked: string;
  /** How many values it states. */
  readonly values: number;
}

/**
 * Makes a module of the code in a doc comment. It sees what its own file exports, what its package exports,
 * and tfjs as
 * `tf`; it imports everything else itself.
 *
 * @throws {Error} naming the line of a `// =>` that does not follow an expression.
 */
export function exampleModule(fence: DocFence): ExampleModule {
  const parsed = parse(fence.code);
  const imports = [...importsOf(fence, parsed)].join(" ");
  const stated = statedValues(fence, parsed);
  let checked = fence.code;
  for (const { statement, value, line } of [...stated].reverse()) {
    const expression = statement.expression.getText(parsed);
    const place = JSON.stringify(`${fence.file}:${fence.line + line}`);
    const call = `checkValue(${expression}, ${JSON.stringify(value)}, ${place});`;
    checked = checked.slice(0, statement.getStart(parsed)) + call + checked.slice(statement.end);
  }
  const check = JSON.stringify(path.join(ROOT, "docs/tests/check-value.ts"));
  return {
    path: path.join(ROOT, fence.file.replace(/\.ts$/, `.example-${fence.line}.ts`)),
    source: `${imports}\n${fence.code}\nexport {};\n`,
    checked: `import { checkValue } from ${check}; ${imports}\n${checked}\nexport {};\n`,
    values: stated.length,
  };
}

/** The line of the file that a line of `exampleModule`'s text, counted from 1, is. */
export const lineInFile = (fence: DocFence, line: number): number => fence.line + line - 2;

const parse = (code: string): ts.SourceFile =>
  ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2022, true);

function statedValues(fence: DocFence, parsed: ts.SourceFile): StatedValue[] {
  return [...fence.code.matchAll(/\/\/ => (.*)$/gm)].map(({ index, 1: value }) => {
    const line = parsed.getLineAndCharacterOfPosition(index).line;
    const statement = parsed.statements.findLast(({ end }) => end <= index);
    const between = statement === undefined ? "" : fence.code.slice(statement.end, index);
    if (statement === undefined || !ts.isExpressionStatement(statement) || between.trim() !== "")
      throw new Error(`${fence.file}:${fence.line + line}: "// =>" must stand after an expression.`);
    return { statement, value: value!.trim(), line };
  });
}

/** The imports that an example needs not write. */
function* importsOf({ file, code }: DocFence, parsed: ts.SourceFile): Generator<string> {
  const used = freeNames(parsed);
  const own = exportedNames(file);
  const index = file.replace(/^(packages\/[^/]+\/src\/).*/, "$1index.ts");
  const shared = index !== file && existsSync(path.join(ROOT, index)) ? exportedNames(index) : new Map();
  const listed = (names: ReadonlyMap<string, string>, but: ReadonlyMap<string, string>) =>
    [...names].filter(([name]) => used.has(name) && !but.has(name)).map(([, specifier]) => specifier);
  const none = new Map<string, string>();
  for (const [from, names] of [
    [`./${path.posix.basename(file)}`, listed(own, none)],
    [path.posix.relative(path.posix.dirname(file), index).replace(/^(?!\.)/, "./"), listed(shared, own)],
  ] as const) {
    if (names.length > 0) yield `import { ${names.join(", ")} } from ${JSON.stringify(from)};`;
  }
  if (used.has("tf") && !code.includes("as tf")) yield 'import * as tf from "@tensorflow/tfjs";';
}

/** Names that an example reads, and neither declares nor imports itself. */
function freeNames(parsed: ts.SourceFile): Set<string> {
  const [used, declared] = [new Set<string>(), new Set<string>()];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isProperty =
        (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
        (ts.isPropertyAssignment(parent) && parent.name === node) ||
        (ts.isQualifiedName(parent) && parent.right === node) ||
        (ts.isBindingElement(parent) && parent.propertyName === node);
      const isDeclared =
        (ts.isVariableDeclaration(parent) || ts.isBindingElement(parent) || ts.isParameter(parent)
          ? parent.name === node
          : false) ||
        ts.isImportSpecifier(parent) ||
        ts.isImportClause(parent) ||
        ts.isNamespaceImport(parent);
      if (isDeclared) declared.add(node.text);
      else if (!isProperty) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return new Set([...used].filter((name) => !declared.has(name)));
}

/** What a file exports, each name with how it is imported: "knn" or "type KnnResult". */
function exportedNames(file: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const statement of parse(readText(file)).statements) {
    if (ts.isExportDeclaration(statement)) {
      if (statement.exportClause === undefined) {
        const from = (statement.moduleSpecifier as ts.StringLiteral).text;
        for (const [name, how] of exportedNames(path.posix.join(path.posix.dirname(file), from)))
          names.set(name, how);
      } else if (ts.isNamedExports(statement.exportClause)) {
        for (const { name, isTypeOnly } of statement.exportClause.elements)
          names.set(name.text, statement.isTypeOnly || isTypeOnly ? `type ${name.text}` : name.text);
      }
    } else if (ts.canHaveModifiers(statement) && isExported(statement)) {
      if (ts.isVariableStatement(statement)) {
        for (const { name } of statement.declarationList.declarations)
          if (ts.isIdentifier(name)) names.set(name.text, name.text);
      } else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
        if (statement.name !== undefined) names.set(statement.name.text, statement.name.text);
      } else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
        names.set(statement.name.text, `type ${statement.name.text}`);
      }
    }
  }
  return names;
}

const isExported = (statement: ts.HasModifiers): boolean =>
  ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
