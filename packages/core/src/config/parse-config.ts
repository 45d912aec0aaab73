import type { EncoderDefinition } from "../networks/encoder.ts";
import type { OptimizerDefinition } from "../optimizers/optimizer.ts";
import type { ConfiguredPlugin } from "../plugins/arrange.ts";
import type { Plugin } from "../plugins/plugin.ts";
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
  readonly plugins: Readonly<Record<string, Plugin>>;
  readonly encoders: Readonly<Record<string, EncoderDefinition>>;
  readonly optimizers: Readonly<Record<string, OptimizerDefinition>>;
}

export interface ConfiguredEncoder {
  readonly definition: EncoderDefinition;
  readonly options: Readonly<object>;
}

export interface ConfiguredOptimizer {
  readonly definition: OptimizerDefinition;
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
}

interface Described {
  readonly name: string;
  readonly options: never;
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
  const optimizers = Object.fromEntries(
    Object.entries(registry.optimizers).map(([name, definition]) => [
      name,
      withLearningProperties(definition),
    ]),
  );
  const optimizer = choose(rawOptimizer, { kind: "optimizer", known: optimizers }, "optimizer", problems);

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
    optimizer: splitLearning(registry.optimizers, optimizer!),
    resolved: {
      ...settings,
      encoder: { use: encoder!.definition.name, ...encoder!.options },
      plugins: chosenPlugins.map(({ definition, options }) => ({ use: definition.name, ...options })),
      optimizer: { use: optimizer!.definition.name, ...optimizer!.options },
    },
  };
}

interface JoinedOptimizer {
  readonly name: string;
  readonly options: unknown;
}

/** The optimizer with a schema for its whole section: learning rate and schedule besides its own options. */
function withLearningProperties({ name, options }: OptimizerDefinition): JoinedOptimizer {
  const own = options as unknown as { properties: object; required: string[] };
  return {
    name,
    options: {
      ...own,
      properties: { ...learningProperties, ...own.properties },
      required: ["lr", ...own.required],
    },
  };
}

function splitLearning(
  known: Registry["optimizers"],
  { definition, options }: { definition: JoinedOptimizer; options: Readonly<object> },
): ConfiguredOptimizer {
  const entries = Object.entries(options);
  const isLearning = ([key]: [string, unknown]) => key in learningProperties;
  return {
    definition: known[definition.name]!,
    learning: Object.fromEntries(entries.filter(isLearning)) as unknown as LearningSettings,
    options: Object.fromEntries(entries.filter((entry) => !isLearning(entry))),
  };
}

/** The three sections that are checked on their own are known names all the same. */
const namingSections = (problems: readonly Problem[]): readonly Problem[] =>
  problems.map(({ path, text }) =>
    text.startsWith("unknown option.") && !/[.[]/.test(path)
      ? {
          path,
          text: unknownName(path, [
            ...Object.keys(runSettingsSchema["properties"] as object),
            "encoder",
            "plugins",
            "optimizer",
          ]),
        }
      : { path, text },
  );

function choose<Definition extends { readonly name: string; readonly options: unknown }>(
  raw: unknown,
  { kind, known }: Choice<Definition>,
  path: string,
  problems: Problem[],
): { definition: Definition; options: Readonly<object> } | undefined {
  const names = Object.keys(known);
  if (typeof raw !== "object" || raw === null || !("use" in raw)) {
    problems.push({
      path,
      text: `must be { use: <${kind}>, … }, got ${JSON.stringify(raw)}. Known: ${names.join(", ")}`,
    });
    return undefined;
  }
  const { use, ...rawOptions } = raw as { use: unknown } & Record<string, unknown>;
  const definition = typeof use === "string" ? known[use] : isDefinition<Definition>(use) ? use : undefined;
  if (definition === undefined) {
    const text =
      typeof use === "string"
        ? unknownName(use, names).replace("option", kind)
        : `must be the name of a ${kind} or a ${kind} itself`;
    problems.push({ path: `${path}.use`, text });
    return undefined;
  }
  const checked = checkOptions(definition.options as Described["options"], rawOptions, path);
  if (checked.problems !== undefined) {
    problems.push(...checked.problems);
    return undefined;
  }
  return { definition, options: checked.value };
}

const isDefinition = <Definition>(use: unknown): use is Definition =>
  typeof use === "object" && use !== null && "name" in use && "options" in use;
