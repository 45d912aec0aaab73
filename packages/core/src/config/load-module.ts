import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire, isBuiltin } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { build, type BuildFailure, type Plugin } from "esbuild";

import { addAuthorFiles } from "../files/author-files.ts";
import { noRegularFile } from "../messages/config.ts";

/** A module that a user wrote, as a run keeps it. */
export interface ModuleCode {
  /** Absolute path of the file that was written; it may lie on another machine. */
  readonly from: string;
  /** The module with all that it imports by path, as JavaScript with a source map. */
  readonly bundle: string;
  /** Text of the file and of each that it imports by path, by its path from the deepest folder of all. */
  readonly sources: Readonly<Record<string, string>>;
}

/** What each source of a module is: a hash, by its path. */
export const sourceMarks = ({ sources }: ModuleCode): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(sources).map(([file, text]) => [
      file,
      createHash("sha256").update(text).digest("hex").slice(0, 16),
    ]),
  );

/** A module and where it comes from. */
export interface LoadedModule {
  /** Its default export. */
  readonly exported: unknown;
  readonly code: ModuleCode;
}

/**
 * Imports a module written in TypeScript or JavaScript, which Node 20 cannot do with TypeScript.
 *
 * The module and the files that it imports by path are bundled into one file beside it. From there, packages
 * resolve as for the module itself, and they are the same instances as in the running program; one that is
 * not installed there is taken from the running program. Stacks of errors name the lines that the author
 * wrote.
 *
 * @param options.isKept The file is the copy that a run keeps. Its folder may come from elsewhere, so
 * packages are those of the running program, then those of the working directory, and none that lie beside
 * it.
 */
export async function loadModule(
  file: string,
  { isKept = false }: { readonly isKept?: boolean } = {},
): Promise<LoadedModule> {
  const folder = path.dirname(path.resolve(file));
  await refusePipe(file);
  const { outputFiles, metafile } = await build({
    entryPoints: [path.resolve(file)],
    absWorkingDir: folder,
    bundle: true,
    packages: "external",
    plugins: [packagesOfThisProgram(isKept)],
    ...(isKept && {
      tsconfigRaw: {}, // or a tsconfig.json beside it could lead imports elsewhere
      sourceRoot: `${folder}/`, // its bundle does not lie beside it
    }),
    platform: "node",
    format: "esm",
    sourcemap: "inline",
    metafile: true,
    write: false,
    logLevel: "silent",
  }).catch((failure: unknown) => {
    throw firstProblem(failure as BuildFailure);
  });
  const bundle = outputFiles[0]!.text;
  const files = Object.keys(metafile.inputs)
    .map((input) => path.resolve(folder, input))
    .filter((input) => existsSync(input));
  addAuthorFiles(files);
  return {
    exported: await importBundle(isKept ? path.resolve(path.basename(file)) : path.resolve(file), bundle),
    code: { from: path.resolve(file), bundle, sources: await textsOf(files) },
  };
}

/** The default export of a module. */
export const importModule = async (file: string): Promise<unknown> => (await loadModule(file)).exported;

/**
 * A pipe would be waited for without end. What is missing, or lacks its extension, is for the bundler to
 * tell.
 */
async function refusePipe(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found !== undefined && !found.isFile() && !found.isDirectory()) throw noRegularFile();
}

/** @param beside the file whose folder packages are resolved from. */
async function importBundle(beside: string, text: string): Promise<unknown> {
  process.setSourceMapsEnabled(true);
  const bundle = path.join(path.dirname(beside), `.${path.basename(beside)}.${randomUUID()}.mjs`);
  await writeFile(bundle, text);
  try {
    const module = (await import(pathToFileURL(bundle).href)) as { default?: unknown };
    if (module.default === undefined) throw new Error("it has no default export");
    return module.default;
  } finally {
    await rm(bundle, { force: true });
  }
}

async function textsOf(files: readonly string[]): Promise<Record<string, string>> {
  const folder = deepestFolder(files);
  const texts = files.map(
    async (file) =>
      [path.relative(folder, file).replaceAll(path.sep, "/"), await readFile(file, "utf8")] as const,
  );
  return Object.fromEntries((await Promise.all(texts)).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The folder that all files lie in, at any depth. */
export function deepestFolder(files: readonly string[]): string {
  const isAbove = (folder: string) => (file: string) => !path.relative(folder, file).startsWith("..");
  let folder = path.dirname(files[0]!);
  while (!files.every(isAbove(folder))) folder = path.dirname(folder);
  return folder;
}

/** @param first Packages of this program come before those that are installed for the module. */
const packagesOfThisProgram = (first: boolean): Plugin => ({
  name: "packages-of-this-program",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path: name, resolveDir }) => {
      if (name.startsWith("node:") || isBuiltin(name)) return undefined;
      if (!first && isInstalled(name, resolveDir)) return undefined;
      const own = resolved(name, import.meta.url);
      return own === undefined ? undefined : { path: pathToFileURL(own).href, external: true };
    });
  },
});

/** Whether a package is there, whatever it exports. */
function isInstalled(name: string, folder: string): boolean {
  const [scope, rest] = name.split("/");
  const directory = name.startsWith("@") ? `${scope!}/${rest!}` : scope!;
  if (existsSync(path.join(folder, "node_modules", directory))) return true;
  const above = path.dirname(folder);
  return above !== folder && isInstalled(name, above);
}

function resolved(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

/** The first of esbuild's errors: "config.ts:1:16: Expected identifier". */
function firstProblem(failure: BuildFailure): Error {
  const problem = failure.errors[0];
  if (problem === undefined) return failure;
  const { location, text } = problem;
  const place = location === null ? "" : `${location.file}:${location.line}:${location.column}: `;
  return new Error(`${place}${text}`, { cause: failure });
}
