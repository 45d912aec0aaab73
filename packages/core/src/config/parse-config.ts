import type { JSONSchemaType } from "ajv";

import type { AnyEncoder } from "../networks/encoder.ts";
import type { AnyOptimizer } from "../optimizers/optimizer.ts";
import type { ConfiguredPlugin } from "../plugins/configured-plugin.ts";
import type { AnyPlugin } from "../plugins/plugin.ts";
import { checkOptions } from "./check-options.ts";
import { invalidConfig, type Problem, unknownName } from "./problems.ts";
import {
  learningProperties,
  type LearningSettings,
  type RunSettings,
  runSettingsSchema,
} from "./run-config.ts";

/** What the names in a config stand for. */
export interface Registry {
  readonly plugins: Readonly<Record<string, AnyPlugin>>;
  readonly encoders: Readonly<Record<string, AnyEncoder>>;
  readonly optimizers: Readonly<Record<string, AnyOptimizer>>;
}

export interface ConfiguredEncoder {
  readonly definition: AnyEncoder;
  readonly options: Readonly<object>;
}

export interface ConfiguredOptimizer {
  readonly definition: AnyOptimizer;
  readonly learning: LearningSettings;
  readonly options: Readonly<object>;
}

/** A config whose every value has been checked and every default filled in. */
export interface RunConfig {
  readonly settings: RunSettings;
  readonly encoder: ConfiguredEncoder;
  readonly plugins: readonly ConfiguredPlugin[];
  readonly optimizer: ConfiguredOptimizer;
  /** The whole as plain data: what a config file that says everything would hold. */
  readonly resolved: Readonly<Record<string, unknown>>;
}

/** Something chosen by `use`: its name, or in a TypeScript config the value itself. */
interface Choice<Definition> {
  readonly kind: string;
  readonly known: Readonly<Record<string, Definition>>;
  /** Default: the definition's own options. */
  readonly schemaOf?: (definition: Definition) => object;
}

interface Chosen<Definition> {
  readonly definition: Definition;
  readonly options: Readonly<object>;
  /** As the config names it. */
  readonly use: string;
}

/**
 * Checks a config and resolves its names.
 *
 * @param raw what a YAML, JSON or TypeScript file holds.
 * @param source the file's name, for the message.
 * @throws {TsslError} INVALID_CONFIG with every problem at once, each at the path that the user typed.
 */
export function parseConfig(raw: unknown, registry: Registry, source: string): RunConfig {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    throw invalidConfig(
      [{ path: "", text: `must hold an object with data, encoder, plugins, …, got ${JSON.stringify(raw)}` }],
      source,
    );
  }
  const {
    encoder: rawEncoder,
    plugins: rawPlugins,
    optimizer: rawOptimizer,
    ...rest
  } = raw as Record<string, unknown>;
  const problems: Problem[] = [];

  const checked = checkOptions(runSettingsSchema, rest, "");
  if (checked.problems !== undefined) problems.push(...namingSections(checked.problems));

  const encoder = choose(rawEncoder, { kind: "encoder", known: registry.encoders }, "encoder", problems);
  const optimizer = choose(
    rawOptimizer,
    { kind: "optimizer", known: registry.optimizers, schemaOf: withLearningProperties },
    "optimizer",
    problems,
  );

  const list = Array.isArray(rawPlugins) ? (rawPlugins as unknown[]) : [];
  if (list.length === 0) {
    problems.push({
      path: "plugins",
      text: "must be a list with at least one method, such as [{ use: moco }]",
    });
  }
  const plugins = list.map((item, i) =>
    choose(item, { kind: "plugin", known: registry.plugins }, `plugins[${i}]`, problems),
  );

  if (problems.length > 0) throw invalidConfig(problems, source);
  const settings = (checked as { value: RunSettings }).value;
  const chosenPlugins = plugins.map((choice) => choice!);
  return {
    settings,
    encoder: encoder!,
    plugins: chosenPlugins.map(({ definition, options }) => ({ plugin: definition, options })),
    optimizer: splitLearning(optimizer!),
    resolved: {
      ...settings,
      encoder: { use: encoder!.use, ...encoder!.options },
      plugins: chosenPlugins.map(({ use, options }) => ({ use, ...options })),
      optimizer: { use: optimizer!.use, ...optimizer!.options },
    },
  };
}

/** The parts of a config that a trained encoder needs: what it is, and the images it expects. */
export function parseEncoder(
  raw: Readonly<Record<string, unknown>>,
  registry: Pick<Registry, "encoders">,
  source: string,
): Pick<RunConfig, "settings" | "encoder"> {
  const { encoder: rawEncoder, plugins, optimizer, ...rest } = raw;
  const problems: Problem[] = [];
  const checked = checkOptions(runSettingsSchema, rest, "");
  if (checked.problems !== undefined) problems.push(...checked.problems);
  const encoder = choose(rawEncoder, { kind: "encoder", known: registry.encoders }, "encoder", problems);
  if (problems.length > 0) throw invalidConfig(problems, source);
  return { settings: (checked as { value: RunSettings }).value, encoder: encoder! };
}

/** The schema of an optimizer's whole section: learning rate and schedule besides its own options. */
export function withLearningProperties({ options }: AnyOptimizer): object {
  const own = options as { properties: object; required: string[] };
  return {
    ...own,
    properties: { ...learningProperties, ...own.properties },
    required: ["lr", ...own.required],
  };
}

function splitLearning({ definition, options }: Chosen<AnyOptimizer>): ConfiguredOptimizer {
  const entries = Object.entries(options);
  const isLearning = ([key]: [string, unknown]) => key in learningProperties;
  return {
    definition,
    learning: Object.fromEntries(entries.filter(isLearning)) as unknown as LearningSettings,
    options: Object.fromEntries(entries.filter((entry) => !isLearning(entry))),
  };
}

/** What may stand at the top of a file besides the settings: sections that are checked on their own, and `extends`, which is gone by now. */
const OTHER_NAMES = ["encoder", "plugins", "optimizer", "extends"];

const namingSections = (problems: readonly Problem[]): readonly Problem[] =>
  problems.map(({ path, text }) => {
    if (!text.startsWith("unknown option.") || /[.[]/.test(path)) return { path, text };
    if (path === "extends") return { path, text: "must stand in the config file itself" };
    const known = [...Object.keys(runSettingsSchema["properties"] as object), ...OTHER_NAMES];
    return { path, text: unknownName(path, known) };
  });

function choose<Definition extends { readonly name: string; readonly options: object }>(
  raw: unknown,
  { kind, known, schemaOf = ({ options }) => options }: Choice<Definition>,
  path: string,
  problems: Problem[],
): Chosen<Definition> | undefined {
  const names = Object.keys(known);
  if (typeof raw !== "object" || raw === null || !("use" in raw)) {
    problems.push({
      path,
      text: `must be { use: <${kind}>, … }, got ${JSON.stringify(raw)}. Known: ${names.join(", ")}`,
    });
    return undefined;
  }
  const { use, ...rawOptions } = raw as { use: unknown } & Record<string, unknown>;
  const named = typeof use === "string" && Object.hasOwn(known, use) ? known[use] : undefined;
  const definition = isDefinition<Definition>(use) ? use : named;
  if (definition === undefined) {
    const text =
      typeof use === "string"
        ? unknownName(use, names).replace("option", kind)
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

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;

const isDefinition = <Definition>(use: unknown): use is Definition =>
  typeof use === "object" && use !== null && "name" in use && "options" in use;
