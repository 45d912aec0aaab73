import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";

import { addAuthorFiles } from "../files/author-files.ts";
import {
  deepestFolder,
  type LoadedModule,
  loadModule,
  type ModuleCode,
  sourceMarks,
} from "../config/load-module.ts";
import type { UsedCode } from "../config/parse-config.ts";
import { isMissing } from "../files/is-missing.ts";
import { readJsonFile } from "../files/json-file.ts";
import { readTextFile } from "../files/read-text-file.ts";
import { object, recordOf, type Shape, text } from "../files/shapes.ts";
import { writeWhole } from "../files/write-whole.ts";
import { fileUnreadable } from "../messages/run-folder.ts";
import { rememberKnown } from "./known-to-user.ts";

/**
 * Where a run keeps the modules that its user wrote: `code/<name>.mjs`, which it is read from again, the
 * sources beside it in `code/<name>/`, and code.json.
 */
const FOLDER = "code";
const INDEX = "code.json";

/** What code.json says of a module, by its name. */
interface KeptModule {
  /** Path of the file that was written, on the machine where the run was begun. */
  readonly from: string;
  /** A hash of each source. */
  readonly sources: Readonly<Record<string, string>>;
}

type Index = Readonly<Record<string, KeptModule>>;

/** The value of `use` in a run's own config for a module that it keeps. */
export const keptUse = (name: string): string => `./${FOLDER}/${name}.mjs`;

/** A config as its run keeps it: modules are those of the run's folder. */
export function withKeptCode<Config extends Readonly<Record<string, unknown>>>(
  resolved: Config,
  code: readonly UsedCode[],
): Config {
  const names = new Map(code.map(({ use, name }) => [use, name]));
  const kept = (item: unknown): unknown => {
    const name = names.get((item as { readonly use: string }).use);
    return name === undefined ? item : { ...(item as object), use: keptUse(name) };
  };
  return {
    ...resolved,
    encoder: kept(resolved["encoder"]),
    plugins: (resolved["plugins"] as readonly unknown[]).map(kept),
    optimizer: kept(resolved["optimizer"]),
  };
}

/**
 * Writes the modules of a run into its folder; those that are there already stay. What is written is code
 * that runs in this process, and is known from then on; see `isKnown`.
 */
export async function keepCode(runFolder: string, used: readonly UsedCode[]): Promise<void> {
  if (used.length === 0) return;
  const folder = path.join(runFolder, FOLDER);
  const before = await readIndex(folder);
  await mkdir(folder, { recursive: true });
  for (const { name, code } of used) {
    const kept = before[name];
    const file = path.join(folder, `${name}.mjs`);
    const text = mappedTo(name, code);
    if (kept !== undefined && isSame(kept.sources, sourceMarks(code))) {
      // A run from elsewhere may say that it keeps these sources, and keep something else.
      if ((await readKeptText(file)) === text) await rememberKnown({ text });
      continue;
    }
    const sources = path.join(folder, name);
    await rm(sources, { recursive: true, force: true });
    for (const [file, text] of Object.entries(code.sources)) {
      await mkdir(path.dirname(path.join(sources, file)), { recursive: true });
      await writeWhole(path.join(sources, file), text);
    }
    await writeWhole(file, text);
    await rememberKnown({ text });
  }
  const index: Index = Object.fromEntries(
    used.map(({ name, code }) => [name, { from: code.from, sources: sourceMarks(code) }]),
  );
  await writeWhole(path.join(folder, INDEX), `${JSON.stringify(index, undefined, 1)}\n`);
}

/** Hashes of the sources of the modules that a run keeps, by module; undefined where it keeps none. */
export async function readKeptMarks(
  runFolder: string,
): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
  const index = await readIndex(path.join(runFolder, FOLDER));
  return Object.fromEntries(Object.entries(index).map(([name, { sources }]) => [name, sources]));
}

/**
 * Loads a module: a user's file, or one that a run keeps, which has the sources that it was made from.
 *
 * @param file absolute path.
 */
export async function loadUserModule(file: string): Promise<LoadedModule> {
  const kept = await keptModule(file);
  if (kept === undefined) return loadModule(file);
  const { folder, name, from, sources } = kept;
  const files = Object.keys(sources);
  addAuthorFiles(files.map((source) => path.join(folder, name, source)));
  const texts: [source: string, text: string][] = [];
  for (const source of files) texts.push([source, await sourceText(path.join(folder, name, source))]);
  const { exported, code } = await loadModule(file, { isKept: true });
  return { exported, code: { ...code, from, sources: Object.fromEntries(texts) } };
}

/** Bytes of the largest source, and of the largest module, that a run keeps. */
const LARGEST_CODE = 2 ** 26;

/**
 * The text of a module that a run keeps; undefined where it is not there.
 *
 * @throws {TsslError} RUN_FOLDER where it cannot be read.
 */
export const readKeptText = (file: string): Promise<string | undefined> =>
  readTextFile(file, { most: LARGEST_CODE }).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw fileUnreadable(file, error);
  });

const sourceText = (file: string): Promise<string> =>
  readTextFile(file, { most: LARGEST_CODE }).catch((error: unknown) => {
    throw fileUnreadable(file, error);
  });

/**
 * The file that a module which a run keeps was made from, where it is still there; undefined for any other
 * module.
 */
export async function originalOf(file: string): Promise<string | undefined> {
  const kept = await keptModule(file);
  return kept !== undefined && existsSync(kept.from) ? kept.from : undefined;
}

/** The module that a run keeps in a file, by code.json beside it; undefined for any other file. */
export async function keptModule(file: string) {
  const [folder, name] = [path.dirname(file), path.basename(file, ".mjs")];
  if (path.basename(folder) !== FOLDER) return undefined;
  const kept = (await readIndex(folder))[name];
  return kept === undefined ? undefined : { folder, name, ...kept };
}

const indexShape: Shape<Index> = recordOf(object({ from: text, sources: recordOf(text) }));

/** No source lies outside the folder of its module. */
const straysOut = (index: Index): string | undefined =>
  Object.entries(index)
    .flatMap(([name, { sources }]) => [name, ...Object.keys(sources)])
    .filter((name) => path.isAbsolute(name) || name.split(/[\\/]/).includes(".."))
    .map((name) => `${JSON.stringify(name)} must lie in the folder`)
    .at(0);

const readIndex = async (folder: string): Promise<Index> =>
  (await readJsonFile(path.join(folder, INDEX), indexShape, straysOut)) ?? {};

const isSame = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const MAP = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/;

/** The bundle with a source map that names the sources beside it. */
function mappedTo(name: string, { from, bundle, sources }: ModuleCode): string {
  const map = MAP.exec(bundle)?.[1];
  if (map === undefined) return bundle;
  const content = JSON.parse(Buffer.from(map, "base64").toString("utf8")) as {
    readonly sources: readonly string[];
  };
  const files = content.sources.map((source) => path.resolve(path.dirname(from), source));
  const common = deepestFolder(files);
  const named = content.sources.map((source, i) => {
    const file = path.relative(common, files[i]!).replaceAll(path.sep, "/");
    return file in sources ? `${name}/${file}` : source;
  });
  const mapped = Buffer.from(JSON.stringify({ ...content, sources: named })).toString("base64");
  return bundle.replace(MAP, `//# sourceMappingURL=data:application/json;base64,${mapped}\n`);
}
