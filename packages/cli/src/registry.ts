import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import {
  addAuthorFiles,
  definedKind,
  type DefinitionKind,
  isSection,
  type LoadedModule,
  loadUserModule,
  type ModuleCode,
} from "@tssl/core/internal";
import {
  adamw,
  convnextTiny,
  larc,
  lars,
  type Registry,
  resnet18,
  resnet20,
  resnet34,
  resnet50,
  sgd,
  vitBase,
  vitSmall,
  vitTiny,
} from "@tssl/core/run";
import { byol } from "@tssl/plugin-byol";
import { clsa } from "@tssl/plugin-clsa";
import { cpc } from "@tssl/plugin-cpc";
import { deepclusterV2 } from "@tssl/plugin-deepcluster";
import { infomin, pirl } from "@tssl/plugin-infomin";
import { instdisc } from "@tssl/plugin-instdisc";
import { localagg } from "@tssl/plugin-localagg";
import { moco, mocoV1 } from "@tssl/plugin-moco";
import { pcl, pclV1 } from "@tssl/plugin-pcl";
import { simclr } from "@tssl/plugin-simclr";
import { supcon, supervised } from "@tssl/plugin-supervised";
import { swav } from "@tssl/plugin-swav";

import { definitionNotKept, moduleNotLoaded, noDefinition, otherDefinition } from "./messages/config.ts";
import { type Trust, rememberModule, requireTrust } from "./trust.ts";

/**
 * The definitions that a config can `use` by name. Every plugin, encoder and optimizer of this repository is
 * listed here.
 */
export const builtIn = {
  plugins: {
    byol,
    clsa,
    cpc,
    "deepcluster-v2": deepclusterV2,
    infomin,
    instdisc,
    localagg,
    moco,
    "moco-v1": mocoV1,
    pcl,
    "pcl-v1": pclV1,
    pirl,
    simclr,
    supcon,
    supervised,
    swav,
  },
  encoders: {
    "convnext-tiny": convnextTiny,
    resnet18,
    resnet20,
    resnet34,
    resnet50,
    "vit-base": vitBase,
    "vit-small": vitSmall,
    "vit-tiny": vitTiny,
  },
  optimizers: { adamw, larc, lars, sgd },
} satisfies Registry;

/** "./my-plugin.ts", "@scope/package" and "tssl-package" name modules; "moco" does not. */
const isModule = (use: unknown): use is string => isFile(use) || isPackage(use);

const isFile = (use: unknown): use is string => typeof use === "string" && /^\.{0,2}\//.test(use);

const isPackage = (use: unknown): use is string => typeof use === "string" && /^(@|tssl-)/.test(use);

/**
 * Loads the modules that a config names in `use`, each once per process, and makes their paths absolute.
 *
 * The default export of a module is the plugin, encoder or optimizer. Paths and packages are resolved from
 * `folder`.
 *
 * @returns the config with absolute paths, and a registry with the built-in definitions and those of the
 * modules.
 * @throws {TsslError} UNTRUSTED before any code is run, if it may not be; INVALID_CONFIG if a module
 * cannot be loaded, or its default export is something else, and if a run had a definition that no name leads
 * to.
 */
export async function withModules(
  raw: Readonly<Record<string, unknown>>,
  folder: string,
  trust: Trust,
): Promise<{ raw: Record<string, unknown>; registry: Registry }> {
  await requireTrust(modulesIn(raw, folder), trust);
  const unnamed = trust.config === "run" ? unnamedIn(raw) : undefined;
  if (unnamed !== undefined) throw definitionNotKept(unnamed.kind, unnamed.name, folder);
  const code = new Map<string, ModuleCode>();
  const registry = {
    code,
    plugins: { ...builtIn.plugins },
    encoders: { ...builtIn.encoders },
    optimizers: { ...builtIn.optimizers },
  };
  const resolve = async (
    item: unknown,
    kind: DefinitionKind,
    known: Record<string, unknown>,
  ): Promise<unknown> => {
    if (typeof item !== "object" || item === null || !("use" in item) || !isModule(item.use)) return item;
    const use = isFile(item.use) ? path.resolve(folder, item.use) : item.use;
    const { definition, module } = await loadDefinition(use, folder, trust, kind);
    known[use] = known[item.use] = definition;
    if (module !== undefined) code.set(use, module);
    return { ...item, use };
  };
  const plugins = Array.isArray(raw["plugins"])
    ? await Promise.all(raw["plugins"].map((item) => resolve(item, "plugin", registry.plugins)))
    : raw["plugins"];
  const encoder = await resolve(raw["encoder"], "encoder", registry.encoders);
  const optimizer = await resolve(raw["optimizer"], "optimizer", registry.optimizers);
  return { raw: { ...raw, plugins, encoder, optimizer }, registry };
}

/**
 * The first plugin, encoder or optimizer that stood in a config itself, as a TypeScript one can have it. A run
 * keeps its name alone, which leads nobody to it.
 */
export function unnamedIn({
  plugins,
  encoder,
  optimizer,
}: Readonly<Record<string, unknown>>): { readonly kind: DefinitionKind; readonly name: string } | undefined {
  const used: readonly (readonly [DefinitionKind, object, unknown])[] = [
    ...(Array.isArray(plugins) ? (plugins as unknown[]) : []).map(
      (item) => ["plugin", builtIn.plugins, item] as const,
    ),
    ["encoder", builtIn.encoders, encoder],
    ["optimizer", builtIn.optimizers, optimizer],
  ];
  for (const [kind, known, item] of used) {
    const use = isSection(item) ? item["use"] : undefined;
    if (typeof use === "string" && !isModule(use) && !Object.hasOwn(known, use)) return { kind, name: use };
  }
  return undefined;
}

/** The own names of the modules among some values of `use`. */
export async function ownNames(
  uses: readonly string[],
  folder: string,
  trust: Trust,
): Promise<ReadonlyMap<string, string>> {
  const modules = uses.filter(isModule).map((use) => (isFile(use) ? path.resolve(use) : use));
  await requireTrust(
    modules.map((use) => fileOf(use, folder)),
    trust,
  );
  return new Map(
    await Promise.all(
      modules.map(async (use) => [use, (await loadDefinition(use, folder, trust)).definition.name] as const),
    ),
  );
}

/** Remembers the modules that overrides name: they are the user's word, whatever config they are set in. */
export async function rememberNamed(uses: readonly string[], folder: string): Promise<void> {
  for (const use of uses.filter(isModule)) {
    const file = fileOf(isFile(use) ? path.resolve(use) : use, folder);
    if (file === undefined) continue;
    const trust: Trust = { config: "own", given: false };
    await requireTrust([file], trust);
    await rememberModule(file, trust);
  }
}

/** The files that a config names in `use`; undefined for a package that is not there. */
function modulesIn(raw: Readonly<Record<string, unknown>>, folder: string): readonly (string | undefined)[] {
  const { plugins, encoder, optimizer } = raw;
  return [...(Array.isArray(plugins) ? (plugins as unknown[]) : []), encoder, optimizer].flatMap((item) =>
    isSection(item) && isModule(item["use"]) ? [fileOf(item["use"], folder)] : [],
  );
}

/** @param use a path that counts from the folder, or a package that is looked for from there. */
function fileOf(use: string, folder: string): string | undefined {
  if (isFile(use)) return path.resolve(folder, use);
  try {
    return createRequire(path.join(path.resolve(folder), "config.js")).resolve(use);
  } catch {
    return undefined; // loading it says what is wrong
  }
}

/** A plugin, encoder or optimizer. */
interface Definition {
  readonly name: string;
  readonly options: object;
}

/** Files that were loaded, by their absolute path. */
const loaded = new Map<string, Promise<LoadedModule>>();

/** @param use an absolute path, or a package. @param kind that it must be; absent: any. */
async function loadDefinition(
  use: string,
  folder: string,
  trust: Trust,
  kind?: DefinitionKind,
): Promise<{ readonly definition: Definition; readonly module?: ModuleCode }> {
  try {
    const { exported, code } = isPackage(use)
      ? { exported: await importPackage(use, folder) }
      : await load(use);
    const found = definedKind(exported);
    if (found === undefined) throw noDefinition();
    if (kind !== undefined && found !== kind) throw otherDefinition(found, kind);
    await rememberModule(fileOf(use, folder)!, trust);
    return { definition: exported as Definition, ...(code === undefined ? {} : { module: code }) };
  } catch (error) {
    throw moduleNotLoaded(use, error);
  }
}

async function importPackage(name: string, folder: string): Promise<unknown> {
  const resolved = createRequire(path.join(path.resolve(folder), "config.js")).resolve(name);
  addAuthorFiles([resolved]);
  return ((await import(pathToFileURL(resolved).href)) as { default?: unknown }).default;
}

function load(file: string): Promise<LoadedModule> {
  const module = loaded.get(file) ?? loadUserModule(file);
  loaded.set(file, module);
  return module;
}
