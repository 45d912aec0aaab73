// The sentences of errors INVALID_CONFIG.

import {
  type DefinitionKind,
  didYouMean,
  inShell,
  shownValue as quoted,
  withArticle,
} from "@tssl/core/internal";
import { TsslError } from "@tssl/core/run";
import { messageOf } from "@tssl/engine";

export const configNotAnObject = (file: string, got: unknown): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    `${file} must contain an object with data, encoder, plugins, …, got ${quoted(got)}.`,
    { data: { file, got } },
  );

/** @param chain names of the files, from the first to the one that extends it again. */
export const extendsItself = (file: string, chain: readonly string[]): TsslError =>
  new TsslError("INVALID_CONFIG", `${file}: extends leads back to the same file: ${chain.join(" → ")}.`, {
    data: { file, chain },
  });

/** @param name of a plugin, encoder or optimizer that stood in a config in TypeScript itself. */
export const definitionNotKept = (kind: DefinitionKind, name: string, runFolder: string): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    `${runFolder} was trained with ${withArticle(kind)} ${quoted(name)} that is known by no name or file: ` +
      "it stood in the config itself, which a run keeps no copy of. Name the config again, " +
      `tssl train <config> --resume ${inShell(runFolder)}, or give the ${kind} a file of its own, ` +
      '{ use: "./mine.ts" }, before you train.',
    { data: { kind, name, runFolder } },
  );

export const moduleNotLoaded = (use: string, cause: unknown): TsslError => {
  const reason = messageOf(cause).split("\n")[0]!.replace(/\.$/, "");
  return new TsslError("INVALID_CONFIG", `The module ${use} cannot be loaded: ${reason}.`, {
    cause,
    data: { use, reason },
  });
};

/** The reason why a module cannot be used. */
export const noDefinition = (): Error =>
  new Error("its default export is no plugin, encoder or optimizer; definePlugin makes one");

export const otherDefinition = (found: DefinitionKind, wanted: DefinitionKind): Error =>
  new Error(`its default export is ${withArticle(found)}, and ${withArticle(wanted)} is needed here`);

export const nothingToReplace = (
  key: "replace" | "remove",
  name: unknown,
  known: readonly string[],
): TsslError => {
  const found =
    known.length === 0 ? "it extends none that lists plugins" : `what it extends has ${known.join(", ")}`;
  const hint = typeof name === "string" ? didYouMean(name, known) : "";
  return new TsslError("INVALID_CONFIG", `plugins: there is no ${quoted(name)} to ${key}: ${found}.${hint}`, {
    data: { key, name, known },
  });
};

export const unknownBase = (file: string, base: unknown, presets: readonly string[]): TsslError => {
  const hint = typeof base === "string" ? didYouMean(base, presets) : "";
  return new TsslError(
    "INVALID_CONFIG",
    `${file}: extends must be the path of a config file, also in an installed package, or a preset, ` +
      `got ${quoted(base)}.${hint} ` +
      `Presets: ${presets.join(", ")}`,
    { data: { file, base } },
  );
};

/** @param errors by the name of the variant. */
export const variantsRefused = (errors: ReadonlyMap<string, TsslError>): TsslError =>
  new TsslError(
    "INVALID_CONFIG",
    [...errors].map(([variant, { message }]) => `${variant}: ${message}`).join("\n"),
    { data: { variants: [...errors].map(([variant, { code, data }]) => ({ variant, code, data })) } },
  );
