import type { ConfiguredPlugin } from "../plugins/configured-plugin.ts";
import { shownValue } from "../text/shown-value.ts";
import { checkOptions } from "./check-options.ts";
import { chooseDefinition, type Chosen, pluginPathOf } from "./choose-definition.ts";
import { dataProblems } from "./data-problems.ts";
import { evaluationProblems } from "./evaluation-sources.ts";
import type { ModuleCode } from "./load-module.ts";
import { optionPaths, withOtherPlaces } from "./option-paths.ts";
import { invalidConfig, type Problem, unknownName } from "./problems.ts";
import type { Registry } from "./registry.ts";
import type { RunSettings } from "./run-settings.ts";
import { runSettingsSchema } from "./run-settings-schema.ts";
import {
  type ConfiguredEncoder,
  type ConfiguredOptimizer,
  freezingProblems,
  splitLearning,
  splitWeights,
  withEncoderProperties,
  withLearningProperties,
} from "./section-options.ts";

/** A user's own module that a config uses. */
export interface UsedCode {
  /** As in the config. */
  readonly use: string;
  /** Of the plugin, encoder or optimizer; no other of the config has it. */
  readonly name: string;
  readonly code: ModuleCode;
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

  const encoder = chooseDefinition(
    rawEncoder,
    { kind: "encoder", known: registry.encoders, schemaOf: withEncoderProperties },
    "encoder",
    problems,
  );
  const optimizer = chooseDefinition(
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
    chooseDefinition(
      item,
      { kind: "plugin", known: registry.plugins },
      pluginPathOf(item, i, registry),
      problems,
    ),
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
  const encoder = chooseDefinition(
    rawEncoder,
    { kind: "encoder", known: registry.encoders, schemaOf: withEncoderProperties },
    "encoder",
    problems,
  );
  if (problems.length > 0) throw invalidConfig(problems, source);
  return { settings: (checked as { value: RunSettings }).value, encoder: splitWeights(encoder!) };
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
