import type { JSONSchemaType } from "ajv";

import type { AnyEncoder } from "../networks/encoder.ts";
import type { AnyOptimizer } from "../optimizers/optimizer.ts";
import type { ConfiguredPlugin } from "../plugins/configured-plugin.ts";
import type { AnyPlugin } from "../plugins/plugin.ts";
import { checkOptions } from "./check-options.ts";
import { dataProblems } from "./data-problems.ts";
import { definedKind, type DefinitionKind, withArticle } from "./defined-kind.ts";
import { freezingNeedsWeights, frozenForWholeRun } from "../messages/options.ts";
import { evaluationProblems } from "./evaluation-sources.ts";
import type { ModuleCode } from "./load-module.ts";
import { pluginPath } from "./plugin-path.ts";
import type { OptionSchema } from "./options-schema.ts";
import { didYouMeanElsewhere, invalidConfig, type Problem, unknownName } from "./problems.ts";
import { shownValue } from "../text/shown-value.ts";
import {
  encoderProperties,
  learningProperties,
  type LearningSettings,
  type RunSettings,
  runSettingsSchema,
} from "./run-config.ts";

/** The definitions that a config can choose by name. */
export interface Registry {
  readonly plugins: Readonly<Record<string, AnyPlugin>>;
  readonly encoders: Readonly<Record<string, AnyEncoder>>;
  readonly optimizers: Readonly<Record<string, AnyOptimizer>>;
  /** The code of those that come from a user's own files, by `use`; a run keeps it in its folder. */
  readonly code?: ReadonlyMap<string, ModuleCode>;
}

/** A user's own module that a config uses. */
export interface UsedCode {
  /** As in the config. */
  readonly use: string;
  /** Of the plugin, encoder or optimizer; no other of the config has it. */
  readonly name: string;
  readonly code: ModuleCode;
}

export interface ConfiguredEncoder {
  readonly definition: AnyEncoder;
  readonly options: Readonly<object>;
  /** The file that it starts from; absent where its values are drawn. */
  readonly weights?: string;
  /** Epochs at the start in which it does not move. Default 0. */
  readonly freezeEpochs?: number;
}

export interface ConfiguredOptimizer {
  readonly definition: AnyOptimizer;
  readonly learning: LearningSettings;
  readonly options: Readonly<object>;
}

/** A config with every value checked and every default filled in. */
export interface RunConfig {
  readonly settings: RunSettings;
  readonly encoder: ConfiguredEncoder;
  readonly plugins: readonly ConfiguredPlugin[];
  readonly optimizer: ConfiguredOptimizer;
  /** The modules among them that the user wrote. */
  readonly code: readonly UsedCode[];
  /** The whole config as plain data, as in a config file that sets every option. */
  readonly resolved: Readonly<Record<string, unknown>>;
}

/**
 * The definitions that `use` can choose, by name; in a TypeScript config `use` may also be a definition
 * itself.
 */
interface Choice<Definition> {
  readonly kind: DefinitionKind;
  readonly known: Readonly<Record<string, Definition>>;
  /** The schema to check against; by default that of the definition's own options. */
  readonly schemaOf?: (definition: Definition) => object;
}

interface Chosen<Definition> {
  readonly definition: Definition;
  readonly options: Readonly<object>;
  /** The name in the config, or the definition's own name where the config has the definition itself. */
  readonly use: string;
}

/**
 * Checks a config and resolves its names.
 *
 * @param raw content of a YAML, JSON or TypeScript file.
 * @param source name of the file, for error messages.
 * @throws {TsslError} INVALID_CONFIG with every problem at once, each with the path of its option as in
 * `--set`.
 */
export function parseConfig(raw: unknown, registry: Registry, source: string): RunConfig {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    throw invalidConfig(
      [{ path: "", text: `must be an object with data, encoder, plugins, …, got ${shownValue(raw)}` }],
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
  problems.push(
    ...(checked.problems === undefined
      ? [...evaluationProblems(checked.value), ...dataProblems(checked.value)]
      : namingSections(checked.problems)),
  );

  const encoder = choose(
    rawEncoder,
    { kind: "encoder", known: registry.encoders, schemaOf: withEncoderProperties },
    "encoder",
    problems,
  );
  const optimizer = choose(
    rawOptimizer,
    { kind: "optimizer", known: registry.optimizers, schemaOf: withLearningProperties },
    "optimizer",
    problems,
  );

  if (encoder !== undefined)
    problems.push(
      ...freezingProblems(
        splitWeights(encoder),
        checked.problems === undefined ? checked.value.epochs : undefined,
      ),
    );

  const list = Array.isArray(rawPlugins) ? (rawPlugins as unknown[]) : [];
  if (list.length === 0) {
    problems.push({
      path: "plugins",
      text: "must be a list with at least one method, such as [{ use: moco }]",
    });
  }
  const plugins = list.map((item, i) =>
    choose(item, { kind: "plugin", known: registry.plugins }, pluginPathOf(item, i, registry), problems),
  );

  if (problems.length > 0) {
    const sections = { encoder: rawEncoder, optimizer: rawOptimizer };
    throw invalidConfig(withOtherPlaces(problems, optionPaths(sections, list, registry)), source);
  }
  const settings = (checked as { value: RunSettings }).value;
  const chosenPlugins = plugins.map((choice) => choice!);
  return {
    settings,
    encoder: splitWeights(encoder!),
    plugins: chosenPlugins.map(({ definition, options }) => ({ plugin: definition, options })),
    optimizer: splitLearning(optimizer!),
    code: codeOf([...chosenPlugins, encoder!, optimizer!], registry.code),
    resolved: {
      ...settings,
      encoder: { use: encoder!.use, ...encoder!.options },
      plugins: chosenPlugins.map(({ use, options }) => ({ use, ...options })),
      optimizer: { use: optimizer!.use, ...optimizer!.options },
    },
  };
}

/** A name that two of them have is made another for the second. */
function codeOf(
  chosen: readonly Chosen<{ readonly name: string; readonly options: object }>[],
  code: ReadonlyMap<string, ModuleCode> = new Map(),
): readonly UsedCode[] {
  const used: UsedCode[] = [];
  for (const { use, definition } of chosen) {
    const found = code.get(use);
    if (found === undefined || used.some((other) => other.use === use)) continue;
    const name = definition.name.replaceAll(/[^\w-]+/g, "-");
    const isTaken = used.some((other) => other.name === name);
    used.push({ use, name: isTaken ? `${name}-${used.length}` : name, code: found });
  }
  return used;
}

/**
 * Checks the parts of a config that say nothing of encoder, plugins and optimizer, of which no code is
 * needed.
 *
 * @throws {TsslError} INVALID_CONFIG
 */
export function parseSettings(raw: Readonly<Record<string, unknown>>, source: string): RunSettings {
  const { encoder, plugins, optimizer, ...rest } = raw;
  const checked = checkOptions(runSettingsSchema, rest, "");
  if (checked.problems !== undefined) throw invalidConfig(checked.problems, source);
  return (checked as { value: RunSettings }).value;
}

/** Checks the parts of a config that a trained encoder needs: its definition, and the images it expects. */
export function parseEncoder(
  raw: Readonly<Record<string, unknown>>,
  registry: Pick<Registry, "encoders">,
  source: string,
): Pick<RunConfig, "settings" | "encoder"> {
  const { encoder: rawEncoder, plugins, optimizer, ...rest } = raw;
  const problems: Problem[] = [];
  const checked = checkOptions(runSettingsSchema, rest, "");
  if (checked.problems !== undefined) problems.push(...checked.problems);
  const encoder = choose(
    rawEncoder,
    { kind: "encoder", known: registry.encoders, schemaOf: withEncoderProperties },
    "encoder",
    problems,
  );
  if (problems.length > 0) throw invalidConfig(problems, source);
  return { settings: (checked as { value: RunSettings }).value, encoder: splitWeights(encoder!) };
}

/** The schema of an encoder's section: the encoder's own options, and those of every encoder. */
export function withEncoderProperties({ options }: AnyEncoder): object {
  const own = options as { properties: object; required: string[] };
  if (hasOwnWeights(own)) return own;
  return { ...own, properties: { ...encoderProperties, ...own.properties } };
}

/** Whether an encoder has options of its own where every encoder has `weights` and `freezeEpochs`. */
const hasOwnWeights = (options: object): boolean =>
  Object.keys(encoderProperties).some((name) => name in (options as { properties: object }).properties);

function splitWeights({ definition, options }: Chosen<AnyEncoder>): ConfiguredEncoder {
  if (hasOwnWeights(definition.options)) return { definition, options };
  const { weights, freezeEpochs, ...rest } = options as {
    readonly weights: string | null;
    readonly freezeEpochs: number;
  };
  return { definition, options: rest, freezeEpochs, ...(weights === null ? {} : { weights }) };
}

/** @param epochs of the run, where they are known. */
function freezingProblems({ weights, freezeEpochs = 0 }: ConfiguredEncoder, epochs = Infinity): Problem[] {
  const path = "encoder.freezeEpochs";
  if (freezeEpochs > 0 && weights === undefined) return [{ path, text: freezingNeedsWeights() }];
  if (freezeEpochs >= epochs) return [{ path, text: frozenForWholeRun(freezeEpochs, epochs) }];
  return [];
}

/** The schema of an optimizer's section: learning rate and schedule, and the optimizer's own options. */
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

/**
 * Names at the top of a config file besides the settings: sections with their own checks, and `extends`,
 * resolved before.
 */
const OTHER_NAMES = ["encoder", "plugins", "optimizer", "extends"];

/** Explains an unknown name at the top of a file with all names that are known there. */
const namingSections = (problems: readonly Problem[]): readonly Problem[] =>
  problems.map(({ path, text }) => {
    if (!text.startsWith("unknown option.") || /[.[]/.test(path)) return { path, text };
    if (path === "extends") return { path, text: "must be written in the config file itself" };
    const known = [...Object.keys(runSettingsSchema["properties"] as object), ...OTHER_NAMES];
    return { path, text: unknownName(path, known) };
  });

/** Says of an option that is unknown in its place where one of that name is. */
const withOtherPlaces = (problems: readonly Problem[], paths: readonly string[]): readonly Problem[] =>
  problems.map(({ path, text }) => {
    const [unknown, rest] = ["unknown option.", text.slice("unknown option.".length)];
    if (!text.startsWith(`${unknown} Known`)) return { path, text };
    return { path, text: `${unknown}${didYouMeanElsewhere(path, paths)}${rest}` };
  });

/** What the lists of a registry hold. */
const KIND_OF = { plugins: "plugin", encoders: "encoder", optimizers: "optimizer" } as const;

/** The paths of all options that a config can set with the definitions that it uses. */
function optionPaths(
  sections: Readonly<Record<"encoder" | "optimizer", unknown>>,
  plugins: readonly unknown[],
  registry: Registry,
): readonly string[] {
  const optionsOf = (item: unknown, kind: keyof typeof KIND_OF): OptionSchema => {
    const use = typeof item === "object" && item !== null && "use" in item ? item.use : undefined;
    const known = registry[kind] as Readonly<Record<string, AnyOptimizer | AnyEncoder | AnyPlugin>>;
    const named = typeof use === "string" && Object.hasOwn(known, use) ? known[use] : undefined;
    const definition = isDefinition<AnyOptimizer>(use, KIND_OF[kind]) ? use : named;
    if (definition === undefined) return {};
    if (kind === "encoders") return withEncoderProperties(definition as AnyEncoder);
    return kind === "optimizers" ? withLearningProperties(definition as AnyOptimizer) : definition.options;
  };
  return [
    ...leavesOf(runSettingsSchema as object, ""),
    ...leavesOf(optionsOf(sections.encoder, "encoders"), "encoder."),
    ...plugins.flatMap((item, i) =>
      leavesOf(optionsOf(item, "plugins"), `${pluginPathOf(item, i, registry)}.`),
    ),
    ...leavesOf(optionsOf(sections.optimizer, "optimizers"), "optimizer."),
  ];
}

const leavesOf = ({ properties = {} }: OptionSchema, at: string): readonly string[] =>
  Object.entries(properties).flatMap(([name, schema]) =>
    schema.properties === undefined ? [`${at}${name}`] : leavesOf(schema, `${at}${name}.`),
  );

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
function pluginPathOf(item: unknown, place: number, { plugins }: Registry): string {
  if (typeof item !== "object" || item === null || !("use" in item)) return pluginPath(undefined, place);
  const { use } = item;
  if (isDefinition<AnyPlugin>(use, "plugin")) return pluginPath(use.name, place);
  const known = typeof use === "string" && Object.hasOwn(plugins, use) ? plugins[use] : undefined;
  return pluginPath(known?.name, place);
}

const isDefinition = <Definition>(use: unknown, kind: DefinitionKind): use is Definition =>
  definedKind(use) === kind;
