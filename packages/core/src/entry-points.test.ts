import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";
import { expect, it } from "vitest";

interface ExportedName {
  readonly name: string;
  /** Absent of a type alone, and of what another package defines and documents. */
  readonly declaration?: ts.Node;
}

const entry = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);

/** What an entry point exports, in its order, with the declaration of each. */
const exportsOf = (file: string): readonly ExportedName[] =>
  parse(file).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) throw new Error(`${file} holds more than exports`);
    const { exportClause, moduleSpecifier } = statement;
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) throw new Error(`${file} has *`);
    const from = (moduleSpecifier as ts.StringLiteral).text;
    return exportClause.elements.map(({ name: { text } }) => {
      const declaration = from.startsWith(".") ? declared(path.resolve(file, "..", from), text) : undefined;
      return { name: text, ...(declaration === undefined ? {} : { declaration }) };
    });
  });

function declared(file: string, name: string): ts.Node | undefined {
  for (const statement of parse(file).statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) return statement;
    if (!ts.isVariableStatement(statement)) continue;
    const names = statement.declarationList.declarations.map((each) => each.name.getText());
    if (names.includes(name)) return statement;
  }
  return undefined;
}

const undocumented = (file: string): readonly string[] =>
  exportsOf(file)
    .filter(
      ({ declaration }) => declaration !== undefined && ts.getJSDocCommentsAndTags(declaration).length === 0,
    )
    .map(({ name }) => name);

it("offers an author of plugins fewer than sixty names", () => {
  expect(exportsOf(entry("index.ts")).length).toBeLessThan(60);
});

it("has a docstring for every function and constant that it exports", () => {
  expect(undocumented(entry("index.ts"))).toEqual([]);
  expect(undocumented(entry("run.ts"))).toEqual([]);
  expect(undocumented(entry("clustering.ts"))).toEqual([]);
  expect(undocumented(entry("contrast.ts"))).toEqual([]);
});

it("says in one line what each group of names is for, and sorts the files of a group", () => {
  for (const file of ["index.ts", "run.ts", "clustering.ts", "contrast.ts"]) {
    const [, ...groups] = readFileSync(entry(file), "utf8").trim().split("\n\n");
    for (const group of groups) {
      expect(group).toMatch(/^\/\/ .*\.\nexport /);
      const files = [...group.matchAll(/from "(.*?)"/g)].map(([, from]) => from!.replace(/\.ts$/, ""));
      expect(files).toEqual([...files].sort());
    }
  }
});

it("gives names that a program wants to /run, and says that /internal is for nobody else", () => {
  const [plugins, run, internal] = ["index.ts", "run.ts", "internal.ts"].map((file) =>
    exportsOf(entry(file)).map(({ name }) => name),
  ) as [string[], string[], string[]];
  expect(internal.filter((name) => plugins.includes(name) || run.includes(name))).toEqual([]);
  expect(readFileSync(entry("internal.ts"), "utf8")).toMatch(
    /^\/\/ For the packages of this repository alone/,
  );
});
