import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { importModule } from "@tssl/core/internal";
import {
  adamw,
  larc,
  lars,
  type Registry,
  resnet18,
  resnet20,
  resnet34,
  resnet50,
  sgd,
  TsslError,
} from "@tssl/core/run";
import { byol } from "@tssl/plugin-byol";
import { clsa } from "@tssl/plugin-clsa";
import { instdisc } from "@tssl/plugin-instdisc";
import { moco, mocoV1 } from "@tssl/plugin-moco";
import { simclr } from "@tssl/plugin-simclr";
import { swav } from "@tssl/plugin-swav";

/** What can stand after `use:` by name. A new plugin, encoder or optimizer of this repository gets its word here. */
export const builtIn = {
  plugins: { byol, clsa, instdisc, moco, "moco-v1": mocoV1, simclr, swav },
  encoders: { resnet18, resnet20, resnet34, resnet50 },
  optimizers: { adamw, larc, lars, sgd },
} satisfies Registry;

/** "./my-plugin.ts" and "@scope/package" name modules; "moco" does not. */
const isModule = (use: unknown): use is string =>
  typeof use === "string" && (/^\.{0,2}\//.test(use) || use.startsWith("@"));

/**
 * Loads the modules that a config names instead of built-in words, and turns their paths into absolute ones.
 *
 * A module has the plugin, encoder or optimizer as its default export. Paths count from `folder`, packages resolve from there.
 *
 * @returns the config with absolute paths, and a registry that knows these.
 * @throws {TsslError} INVALID_CONFIG naming the module that cannot be loaded.
 */
export async function withModules(
  raw: Readonly<Record<string, unknown>>,
  folder: string,
): Promise<{ raw: Record<string, unknown>; registry: Registry }> {
  const registry = {
    plugins: { ...builtIn.plugins },
    encoders: { ...builtIn.encoders },
    optimizers: { ...builtIn.optimizers },
  };
  const resolve = async (item: unknown, known: Record<string, unknown>): Promise<unknown> => {
    if (typeof item !== "object" || item === null || !("use" in item) || !isModule(item.use)) return item;
    const use = item.use.startsWith("@") ? item.use : path.resolve(folder, item.use);
    known[use] = await load(use, folder);
    return { ...item, use };
  };
  const plugins = Array.isArray(raw["plugins"])
    ? await Promise.all(raw["plugins"].map((item) => resolve(item, registry.plugins)))
    : raw["plugins"];
  const encoder = await resolve(raw["encoder"], registry.encoders);
  const optimizer = await resolve(raw["optimizer"], registry.optimizers);
  return { raw: { ...raw, plugins, encoder, optimizer }, registry };
}

async function load(use: string, folder: string): Promise<unknown> {
  try {
    if (!use.startsWith("@")) return await importModule(use);
    const resolved = createRequire(path.join(folder, "config.js")).resolve(use);
    return ((await import(pathToFileURL(resolved).href)) as { default: unknown }).default;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new TsslError("INVALID_CONFIG", `use: ${use} cannot be loaded: ${reason}.`, { cause: error });
  }
}
