import { readdirSync } from "node:fs";
import path from "node:path";

import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";

import { docFencesOf, packageNames } from "./doc-comments.ts";
import { exampleModule, lineInFile } from "./example-module.ts";
import { type Fence, fencesOfPage, fileNameOf, isTypeScript, pages, ROOT } from "./pages.ts";

/** Code as a file that the compiler sees beside those that exist. */
interface Snippet {
  readonly path: string;
  readonly text: string;
  readonly fence: Fence;
  /** The line of the fence's file that a line of `text`, counted from 1, is. */
  readonly lineOf: (line: number) => number;
}

const options = (): ts.CompilerOptions => {
  const { config } = ts.readConfigFile(path.join(ROOT, "tsconfig.base.json"), ts.sys.readFile) as {
    config: { compilerOptions: object };
  };
  const { options: base } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, ROOT);
  return {
    ...base,
    composite: false,
    noEmit: true,
    customConditions: ["tssl-source"],
    // What an example declares to show it need not be used.
    noUnusedLocals: false,
  };
};

/**
 * A fence of a page as a file. Where its first line is a comment with a file's name, it is that file, which
 * other fences of the page can import: beside the page, or at that path from the root if the name has
 * folders.
 */
function snippetOfPage(fence: Fence): Snippet {
  const name = fileNameOf(fence) ?? `fence-${fence.line}.ts`;
  const folder = name.includes("/") ? "" : path.dirname(fence.file);
  return {
    path: path.join(ROOT, folder, name),
    text: `${fence.code}\nexport {};\n`,
    fence,
    lineOf: (line) => fence.line + line - 1,
  };
}

const snippets: readonly Snippet[] = [
  ...pages.flatMap(fencesOfPage).filter(isTypeScript).map(snippetOfPage),
  ...packageNames.flatMap(docFencesOf).map((fence) => {
    const { path: file, source } = exampleModule(fence);
    return { path: file, text: source, fence, lineOf: (line: number) => lineInFile(fence, line) };
  }),
];

/** The compiler's complaints about each snippet, each with its place on the page. */
const complaints = new Map<Snippet, readonly string[]>();

beforeAll(() => {
  const files = new Map(snippets.map((snippet) => [snippet.path, snippet.text]));
  const settings = options();
  const host = ts.createCompilerHost(settings);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, target, ...rest) => {
    const text = files.get(file);
    return text === undefined
      ? getSourceFile(file, target, ...rest)
      : ts.createSourceFile(file, text, target, true);
  };
  const program = ts.createProgram([...files.keys()], settings, host);
  for (const snippet of snippets) {
    const source = program.getSourceFile(snippet.path)!;
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    complaints.set(
      snippet,
      found.map(({ start, messageText }) => {
        const line = snippet.lineOf(source.getLineAndCharacterOfPosition(start!).line + 1);
        return `${snippet.fence.file}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
      }),
    );
  }
}, 120_000);

describe("TypeScript on pages and in doc comments compiles", () => {
  it.each(snippets.map((snippet) => [`${snippet.fence.file}:${snippet.fence.line}`, snippet] as const))(
    "%s",
    (_place, snippet) => {
      expect(complaints.get(snippet)).toEqual([]);
    },
  );

  it("has a name of its own for each fence", () => {
    expect(new Set(snippets.map(({ path: file }) => file)).size).toBe(snippets.length);
    expect(snippets.map(({ path: file }) => file).filter((file) => ts.sys.fileExists(file))).toEqual([]);
  });
});

describe("docs/tests/examples", () => {
  it("runs the examples of every package that has some", () => {
    const withExamples = packageNames.filter((name) => docFencesOf(name).some(({ isExample }) => isExample));
    const files = readdirSync(path.join(ROOT, "docs/tests/examples")).filter((name) => name.endsWith(".ts"));
    expect(files.sort()).toEqual(withExamples.map((name) => `${name}.test.ts`));
  });
});
