import type { JSONSchemaType } from "ajv";

import type { AnyPlugin } from "../plugins/plugin.ts";
import { shownValue } from "../text/shown-value.ts";
import { checkOptions } from "./check-options.ts";
import { definedKind, type DefinitionKind, withArticle } from "./defined-kind.ts";
import { pluginPath } from "./plugin-path.ts";
import { type Problem, unknownName } from "./problems.ts";
import type { Registry } from "./registry.ts";

/**
 * The definitions that `use` can choose, by name; in a TypeScript config `use` may also be a definition
 * itself.
 */
export interface Choice<Definition> {
  readonly kind: DefinitionKind;
  readonly known: Readonly<Record<string, Definition>>;
  /** The schema to check against; by default that of the definition's own options. */
  readonly schemaOf?: (definition: Definition) => object;
}

export interface Chosen<Definition> {
  readonly definition: Definition;
  readonly options: Readonly<object>;
  /** The name in the config, or the definition's own name where the config has the definition itself. */
  readonly use: string;
}

/**
 * Checks a section that names a definition, with its options. Problems are added to `problems`.
 *
 * @param path of the section.
 * @returns undefined where there are problems.
 */
export function chooseDefinition<Definition extends { readonly name: string; readonly options: object }>(
  raw: unknown,
  { kind, known, schemaOf = ({ options }) => options }: Choice<Definition>,
  path: string,
  problems: Problem[],
): Chosen<Definition> | undefined {
  const names = Object.keys(known);
  if (typeof raw !== "object" || raw === null || !("use" in raw)) {
    problems.push({
      path,
      text:
        (raw === undefined
          ? `must be given, as { use: <${kind}>, … }`
          : `must be { use: <${kind}>, … }, got ${shownValue(raw)}`) + `. Known: ${names.join(", ")}`,
    });
    return undefined;
  }
  const { use, ...rawOptions } = raw as { use: unknown } & Record<string, unknown>;
  const named = typeof use === "string" && Object.hasOwn(known, use) ? known[use] : undefined;
  const definition = isDefinition<Definition>(use, kind) ? use : named;
  if (definition === undefined) {
    const text =
      typeof use === "string"
        ? unknownUse(use, names, kind)
        : `must be the name of ${withArticle(kind)} or ${withArticle(kind)} itself`;
    problems.push({ path: `${path}.use`, text });
    return undefined;
  }
  const checked = checkOptions(schemaOf(definition) as JSONSchemaType<object>, rawOptions, path);
  if (checked.problems !== undefined) {
    problems.push(...checked.problems);
    return undefined;
  }
  return { definition, options: checked.value, use: typeof use === "string" ? use : definition.name };
}

/** A name that is like none is perhaps meant as one's own. */
function unknownUse(use: string, names: readonly string[], kind: string): string {
  const text = unknownName(use, names).replace("option", kind);
  return text.includes("Did you mean") ? text : `${text}; ${ONES_OWN}`;
}

const ONES_OWN = "or of your own: a file (./my-own.ts) or an installed package (@me/name, tssl-name)";

/** The path of a plugin's section; a name that is not known is no help to find it, its place is. */
export function pluginPathOf(item: unknown, place: number, { plugins }: Registry): string {
  if (typeof item !== "object" || item === null || !("use" in item)) return pluginPath(undefined, place);
  const { use } = item;
  if (isDefinition<AnyPlugin>(use, "plugin")) return pluginPath(use.name, place);
  const known = typeof use === "string" && Object.hasOwn(plugins, use) ? plugins[use] : undefined;
  return pluginPath(known?.name, place);
}

export const isDefinition = <Definition>(use: unknown, kind: DefinitionKind): use is Definition =>
  definedKind(use) === kind;
